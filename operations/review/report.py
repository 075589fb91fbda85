"""Collects the complete review of one preview."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from operations.review.certificates import CertificateChange, certificates
from operations.review.change import Changes, Kind
from operations.review.effects import Impact
from operations.review.endpoints import EndpointChange, endpoints
from operations.review.findings import Finding
from operations.review.firewall import OpeningChange, openings
from operations.review.guards import Stop, stops
from operations.review.members import Membership, memberships
from operations.review.protection import protected_that_go, released
from operations.review.quorum import Course, course
from operations.review.restarts import Restart, restarts
from policies.properties import Undecidable

Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True)
class Report:
    """A review. `unknowns` can be decided only by the update; `findings`: None if no policy pack ran.

    `counts`: number of resources by operation.
    """

    stack: str
    clusters: tuple[tuple[Membership, Course], ...]
    certificates: tuple[CertificateChange, ...]
    endpoints: tuple[EndpointChange, ...]
    openings: tuple[OpeningChange, ...]
    restarts: tuple[Restart, ...]
    going: tuple[str, ...]
    released: tuple[str, ...]
    unknowns: tuple[str, ...]
    findings: tuple[Finding, ...] | None
    stops: tuple[Stop, ...]
    counts: Mapping[str, int]

    @property
    def stopped(self) -> bool:
        """Whether a guard blocks and is not overridden."""
        return any(not stop.allowed for stop in self.stops)


def report(changes: Changes, *, allowed: Mapping[str, str], findings: tuple[Finding, ...] | None = None) -> Report:
    """Review these changes. `allowed`: overridden guards with their reasons."""
    unknowns = list(changes.blind)
    members = _known(lambda: memberships(changes), "who is an etcd member", unknowns)
    rolled = restarts(changes, members)
    restarting = any(one.process == "etcd" and one.impact is Impact.RESTART for one in rolled)
    courses = tuple((one, course(one, restarts=restarting)) for one in members)
    return Report(
        stack=changes.stack,
        clusters=courses,
        certificates=_known(lambda: certificates(changes), "which certificates change", unknowns),
        endpoints=_known(lambda: endpoints(changes), "where the API is reached", unknowns),
        openings=_known(lambda: openings(changes), "who may come in", unknowns),
        restarts=rolled,
        going=tuple(sorted(change.name for change in protected_that_go(changes))),
        released=tuple(sorted(change.name for change in released(changes))),
        findings=findings,
        stops=stops(changes, courses, findings or (), allowed),
        unknowns=tuple(unknowns),
        counts={str(kind): sum(1 for change in changes.all if change.kind is kind) for kind in Kind},
    )


def _known(ask: Callable[[], Iterable[Found]], what: str, unknowns: list[str]) -> tuple[Found, ...]:
    """Return one part's result, empty if a value is unknown; the rest of the report is not affected."""
    try:
        return tuple(ask())
    except Undecidable as undecidable:
        name = undecidable.urn.rsplit("::", 1)[-1]
        unknowns.append(f"{what}: `{undecidable.path}` of {name}: {undecidable.reason}")
        return ()
