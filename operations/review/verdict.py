"""Derives the verdict, which a reviewer reads first."""

from dataclasses import dataclass
from enum import StrEnum

from operations.review.endpoints import refused_tokens
from operations.review.report import Report


class Level(StrEnum):
    """How much attention a change needs."""

    STOPPED = "stopped"
    LOOK = "look"
    SAFE = "safe"
    NOTHING = "nothing"


TITLES = {
    Level.STOPPED: "⛔ blocked by a guard",
    Level.LOOK: "⚠️ look before you merge",
    Level.SAFE: "✅ the quorum holds",
    Level.NOTHING: "✅ no changes",
}
LEADING = ("name", "port", "address")  # properties of an endpoint that clients have in their configuration


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`points`: the reasons for the level, the most important first; guards are listed separately."""

    level: Level
    points: tuple[str, ...]

    @property
    def title(self) -> str:
        """The text for a heading."""
        return TITLES[self.level]


def verdict(report: Report) -> Verdict:
    """Derive the verdict of the report."""
    points = tuple(_points(report))
    if report.stopped:
        return Verdict(level=Level.STOPPED, points=points)
    if points or report.stops:
        return Verdict(level=Level.LOOK, points=points)
    changed = any(count for kind, count in report.counts.items() if kind != "same")
    return Verdict(level=Level.SAFE if changed else Level.NOTHING, points=())


def _points(report: Report) -> list[str]:
    losing = [one for one in report.certificates if one.lost]
    names = sorted({name for one in losing for name in one.lost})
    found = []
    if losing:
        many = f"{len(losing)} certificates lose" if len(losing) > 1 else f"`{losing[0].name}` loses"
        found.append(f"{many} {_codes(names)}: clients that use such a name will refuse the connection")
    found += [
        f"the endpoint's {one.what} changes from {_codes([one.before])} to {_codes([one.after])}: "
        "every kubeconfig and every worker uses the old one"
        for one in report.endpoints
        if one.what in LEADING and one.before and one.after
    ]
    found += [
        f"the issuer of service-account tokens changes from {_codes([one.before])} to {_codes([one.after])} in one "
        "update: the nodes refuse it, because pods would get a 401 until their token is renewed. First set "
        "`controlPlane.serviceAccountIssuers` to the old and the new one"
        for one in report.endpoints
        if one.before and one.after and refused_tokens(one)
    ]
    found += [
        f"{_codes([one.what])} of {_codes([one.group])} is opened to the whole internet"
        for one in report.openings
        if one.world and one.kind == "opened"
    ]
    authorities = [one.name for one in report.certificates if one.authority and one.kind in ("renewed", "gone")]
    if authorities:
        found.append(f"{_codes(authorities)}: every certificate that it signed becomes invalid at the same time")
    for members, course in report.clusters:
        if len(members.replaced) == 1:
            how = "keeps its disk" if members.keeping else "is rebuilt from the others"
            found.append(f"{_codes(members.replaced)} gets a new machine and {how}")
        if course.before.voters and course.worst.spare == 0:
            found.append(f"at the worst moment, no other member may be lost ({course.worst.what})")
    if report.released:
        found.append(f"{_codes(report.released)} would no longer be protected")
    found += [f"cannot be decided before the update: {one}" for one in report.unknowns]
    return found


def _codes(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
