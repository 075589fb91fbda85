"""Changes that are blocked unless an operator overrides the guard."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from operations.environment import OperationFailed
from operations.review.change import Changes
from operations.review.findings import Finding
from operations.review.members import Membership
from operations.review.protection import protected_that_go
from operations.review.quorum import Course
from plan.quorum import fault_tolerance, quorum

GUARDS: Mapping[str, str] = {
    "one-member": "At most one member is replaced by one update",
    "quorum": "The cluster keeps its quorum during the update",
    "target-quorum": "The remaining members are a quorum of the planned cluster",
    "parity": "The number of members stays odd",
    "protected": "No protected resource is removed",
    "preview": "The preview itself succeeds",
    "policy": "No mandatory policy is violated",
}
# These have their own mechanism for exceptions, or allow no exception.
FIRM = {"preview": "a failed preview shows nothing", "policy": "the pack's exemptions have a reason and an end"}


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A guard that blocks. `allowed` is the reason of an override, '' if there is no override."""

    guard: str
    what: str
    fix: str
    allowed: str = ""


def stops(
    changes: Changes,
    courses: tuple[tuple[Membership, Course], ...],
    findings: tuple[Finding, ...],
    allowed: Mapping[str, str],
) -> tuple[Stop, ...]:
    """Every guard that blocks. `allowed` maps guards to reasons. Raises `OperationFailed` for an unknown guard."""
    if strange := sorted(allowed.keys() - GUARDS.keys()):
        raise OperationFailed(f"--allow: there is no guard {', '.join(strange)}; the guards are {', '.join(GUARDS)}")
    if firm := sorted(allowed.keys() & FIRM.keys()):
        raise OperationFailed(f"--allow {firm[0]}: this guard cannot be overridden, because {FIRM[firm[0]]}")
    found = [*_of_preview(changes), *_of_protected(changes), *_of_policies(findings)]
    for members, course in courses:
        found += _of_members(members, course)
    return tuple(Stop(guard=guard, what=what, fix=fix, allowed=allowed.get(guard, "")) for guard, what, fix in found)


def _of_preview(changes: Changes) -> Iterator[tuple[str, str, str]]:
    if changes.errors:
        first = changes.errors[0].splitlines()[0]
        more = f" (and {len(changes.errors) - 1} more)" if len(changes.errors) > 1 else ""
        yield "preview", f"the preview failed: {first}{more}", "fix what the preview reports, and preview again"


def _of_protected(changes: Changes) -> Iterator[tuple[str, str, str]]:
    going = sorted(f"`{change.name}` ({change.type.rsplit(':', 1)[-1]})" for change in protected_that_go(changes))
    if going:
        what = f"{', '.join(going)} {'is' if len(going) == 1 else 'are'} protected and would be removed"
        yield "protected", what, "revert the change that removes or replaces it, or first unset its `protect` option"


def _of_policies(findings: tuple[Finding, ...]) -> Iterator[tuple[str, str, str]]:
    broken = sorted({finding.policy for finding in findings if finding.mandatory})
    if broken:
        yield (
            "policy",
            f"{', '.join(broken)} {'is' if len(broken) == 1 else 'are'} violated",
            "follow each rule's page",
        )


def _of_members(members: Membership, course: Course) -> Iterator[tuple[str, str, str]]:
    before, after = len(members.before), len(members.after)
    if len(members.replaced) > 1:
        how = "one after the other" if members.in_turn else "at the same time"
        disks = ", each keeping its disk" if members.keeping == members.replaced else ""
        yield (
            "one-member",
            (
                f"{len(members.replaced)} of {before} members would get a new machine {how}{disks}: "
                f"{', '.join(members.replaced)}"
            ),
            "replace one member, wait until `make status` shows it healthy, then the next: `pulumi up --target`",
        )
    if course.worst.spare < 0:
        worst = course.worst
        healthy = f"{worst.healthy} of {worst.voters} members would be healthy, but the quorum is {worst.quorum}"
        yield "quorum", f"{healthy} ({worst.what})", "change fewer members with each update"
    lost = set(members.replaced) - set(members.keeping)
    staying = [name for name in members.before if name in members.after and name not in lost]
    goes = members.removed or lost
    if goes and len(staying) < quorum(after):
        what = (
            "the whole cluster and its data would be removed"
            if after == 0
            else f"{len(staying)} of the {after} planned members stay unchanged, but the quorum is {quorum(after)}"
        )
        yield "target-quorum", what, "add the new members first, and remove the old ones in a later update"
    if after % 2 == 0 and after not in (0, before):
        yield (
            "parity",
            f"{after} members tolerate {fault_tolerance(after)} failures, exactly as many as {after - 1}",
            f"use {after - 1} or {after + 1}",
        )
