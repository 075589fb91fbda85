"""A measurement with what it is held to."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`limit` is the most that is accepted; `theory` what the settings alone would make of it, and `why` that."""

    name: str
    value: float
    unit: str = "s"
    limit: float | None = None
    theory: float | None = None
    why: str = ""
