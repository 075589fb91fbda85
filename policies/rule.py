"""A rule: a plain function over the stack, with the texts that explain it."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from policies.violation import Violation

if TYPE_CHECKING:
    from policies.stack import Stack

Threshold = bool | int | str | list[str]


class Level(Enum):
    """What a violation does. `REMEDIATE` corrects the input first, and refuses what it could not correct."""

    ADVISORY = "advisory"
    MANDATORY = "mandatory"
    REMEDIATE = "remediate"
    DISABLED = "disabled"


class Severity(Enum):
    """How serious a violation is, for sorting."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Scope(Enum):
    """RESOURCE rules look at one resource at a time, before it is created; STACK rules need all of them."""

    RESOURCE = "resource"
    STACK = "stack"


Check = Callable[..., Iterator[Violation]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`why` is the check's docstring, `evidence` is what puts something in its scope.

    A reference begins with its framework, as in `CIS Kubernetes 1.12: 2.7`.
    """

    id: str
    title: str
    why: str
    fix: str
    evidence: str
    severity: Severity
    level: Level
    scope: Scope
    references: tuple[str, ...]
    check: Check
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)

    @property
    def page(self) -> str:
        """Link to its section of the documentation."""
        return f"docs/policies.md#{self.id.lower()}"

    def violations(self, stack: "Stack", thresholds: Mapping[str, Threshold]) -> Iterator[Violation]:
        """Run the check. Raises what the check raises."""
        return self.check(stack, **{**self.thresholds, **thresholds})


def rule(
    *,
    id: str,  # noqa: A002 -- the word of the documentation and of the configuration file
    title: str,
    fix: str,
    evidence: str,
    severity: Severity,
    level: Level = Level.MANDATORY,
    scope: Scope = Scope.STACK,
    references: tuple[str, ...] = (),
    thresholds: Mapping[str, Threshold] | None = None,
) -> Callable[[Check], Rule]:
    """Make a rule from a function that takes the stack, and thresholds by keyword, and yields violations."""

    def made(check: Check) -> Rule:
        return Rule(
            id=id,
            title=title,
            why=" ".join(inspect.cleandoc(check.__doc__ or "").split()),
            fix=fix,
            evidence=evidence,
            severity=severity,
            level=level,
            scope=scope,
            references=references,
            check=check,
            thresholds=thresholds or {},
        )

    return made
