"""A measurement with its limit."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`limit` is the highest accepted value; `theory` is the value that the settings imply, and `why` explains it."""

    name: str
    value: float
    unit: str = "s"
    limit: float | None = None
    theory: float | None = None
    why: str = ""
