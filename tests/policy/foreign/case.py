"""What a foreign program is, and what the pack should say about it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Twins(Protocol):
    """One program in two versions: with the fault and without it."""

    def __call__(self, *, bad: bool) -> None: ...


class Verdict(StrEnum):
    """What the pack should answer."""

    REFUSED = "refused"  # a mandatory violation for the idea, and at most `limit` violations in all
    PASSED = "passed"  # no mandatory violation; advice is allowed
    SILENT = "silent"  # no finding of any level


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A control plane with exactly one fault, and its good twin.

    `expected`: policy ids that each express the idea. A refusal needs at least one of them and nothing besides them.
    `changed`: how many resources at most differ between the twins.
    """

    name: str
    program: Twins
    idea: str
    expected: frozenset[str]
    stack: str = "prod"
    limit: int = 3
    changed: int = 4


@dataclass(frozen=True, kw_only=True)
class Alone:
    """A program without a fault: a control plane in a foreign layout, or a stack that has none."""

    name: str
    program: Callable[[], None]
    idea: str
    stack: str = "prod"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One program to judge. `twin`: the name of the other half of a pair."""

    name: str
    program: Callable[[], None]
    stack: str
    verdict: Verdict
    idea: str
    expected: frozenset[str] = frozenset()
    limit: int = 0
    twin: str | None = None
