"""What a foreign program is, and what the pack should say about it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Twins(Protocol):
    """One program in two versions: with the fault and without it."""

    def __call__(self, *, bad: bool) -> None: ...


class Verdict(StrEnum):
    """What the pack should answer."""

    REFUSED = "refused"  # a mandatory violation for the idea, and at most `limit` violations in all
    ADVISED = "advised"  # the expected advice, and nothing else
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
    """A program without a fault: a control plane in a foreign layout, or a stack that has none.

    `expected`: the advice about a control plane in a form that is not read.
    """

    name: str
    program: Callable[[], None]
    idea: str
    stack: str = "prod"
    expected: frozenset[str] = frozenset()


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


def problem(case: Case, found: Iterable[tuple[str, bool, str]]) -> str:
    """Why a verdict is wrong, '' if it is right. `found`: rule, whether it is mandatory, and the sentence."""
    listed = list(found)
    mandatory = [finding for finding in listed if finding[1]]
    ids = {id_ for id_, _, _ in mandatory}
    if case.verdict is Verdict.SILENT and listed:
        return f"it has no control plane, but {listed}"
    if case.verdict is Verdict.PASSED and mandatory:
        return f"it is good, but {mandatory}"
    if case.verdict is Verdict.ADVISED and (mandatory or {id_ for id_, _, _ in listed} != case.expected):
        return f"{case.idea}: the advice {sorted(case.expected)} alone, but {listed}"
    if case.verdict is Verdict.REFUSED and not (ids & case.expected and ids <= case.expected):
        return f"{case.idea}: {sorted(case.expected)}, but {mandatory}"
    if case.verdict is Verdict.REFUSED and len(mandatory) > case.limit:
        return f"{len(mandatory)} violations for one fault: {mandatory}"
    return ""
