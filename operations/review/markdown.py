"""Formats the report as Markdown for a pull request: the verdict, the arithmetic, then the changes."""

import re
from collections.abc import Iterator, Sequence

from operations.review.effects import Impact
from operations.review.grouping import CertificateRow, RestartRow, certificate_rows, restart_rows
from operations.review.members import Membership
from operations.review.quorum import Course
from operations.review.report import Report
from operations.review.verdict import verdict

EFFECTS = {
    Impact.MEMBERSHIP: "member list changes",
    Impact.RESTART: "restarts",
    Impact.RELOAD: "reloads, connections stay open",
    Impact.APPLIED: "is set, nothing restarts",
    Impact.REREAD: "reads it while it runs",
}
ORDER = (
    "Nodes restart one at a time, holding a lock in etcd: each restarts only while the others keep the quorum, "
    "and hands over etcd's leadership first."
)


def markdown(report: Report) -> str:
    """Format the comment's text."""
    said = verdict(report)
    lines = [f"## {code(report.stack)}: {said.title}", ""]
    for stop in report.stops:
        if stop.allowed:
            lines.append(
                f"- ⚠️ **{stop.guard}** was overridden: {plain(stop.what)}. Reason given: {plain(stop.allowed)}"
            )
        else:
            lines.append(f"- ⛔ **{stop.guard}**: {plain(stop.what)}. To fix it, {plain(stop.fix)}.")
    lines += [f"- {plain(point)}" for point in said.points]
    if report.stops or said.points:
        lines.append("")
    for members, course in report.clusters:
        lines += [*_quorum(members, course), ""]
    lines += [*_table(("what", "change"), list(_summary(report))), ""]
    lines += list(_details(report))
    if any(not stop.allowed for stop in report.stops):
        lines += ['To override: `--allow GUARD="reason"`; the reason is then printed here.', ""]
    return "\n".join(lines).rstrip() + "\n"


def plain(text: str) -> str:
    """Escape foreign text: no Markdown, no tags, no table cells, no mentions, on one line."""
    flat = " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
    return re.sub(r"@(?=\w)", "@\u200b", flat)


def code(text: str) -> str:
    """Format a foreign name or value as code."""
    return f"`{plain(text).replace('`', chr(39))}`"


def _quorum(members: Membership, course: Course) -> Iterator[str]:
    if not course.before.voters:
        yield (
            f"{code(members.name)} is created with {course.after.voters} members: the quorum is {course.after.quorum}, "
            f"{course.after.spare} may be lost."
        )
        return
    if members.before == members.after and not members.replaced and course.worst == course.after:
        yield (
            f"etcd stays as it is: {course.after.voters} members, the quorum is {course.after.quorum}, "
            f"{course.after.spare} may be lost."
        )
        return
    moments = (course.before, course.worst, course.after)
    yield from _table(
        (f"etcd {members.name}", "before", f"at worst: {course.worst.what}", "after"),
        [
            ("members", *(str(moment.voters) for moment in moments)),
            ("healthy", *(str(moment.healthy) for moment in moments)),
            ("quorum", *(str(moment.quorum) for moment in moments)),
            ("may be lost", *(str(moment.spare) if moment.spare >= 0 else "**no quorum**" for moment in moments)),
        ],
    )


def _summary(report: Report) -> Iterator[tuple[str, str]]:
    for members, _ in report.clusters:
        parts = [("added", members.added), ("removed", members.removed), ("replaced", members.replaced)]
        said = "; ".join(f"{word} {_codes(names)}" for word, names in parts if names)
        yield "members", said or "none added, replaced or removed"
    yield "certificates", _certificates(report) or "none"
    yield "endpoint", "; ".join(f"{one.where}: {plain(one.what)}" for one in report.endpoints) or "unchanged"
    opened = [one for one in report.openings if one.kind == "opened"]
    yield (
        "firewall",
        (f"{len(opened)} opened, {len(report.openings) - len(opened)} closed" if report.openings else "unchanged"),
    )
    yield "restarts", _restarting(report) or "none"
    yield "policies", _policies(report)
    yield "protected", f"{_codes(report.going)} would be removed" if report.going else "nothing protected is removed"
    counts = ", ".join(f"{count} {kind}" for kind, count in report.counts.items() if count)
    yield "resources", counts or "none"


def _policies(report: Report) -> str:
    if report.findings is None:
        return "not run"
    mandatory = sum(1 for finding in report.findings if finding.mandatory)
    advisory = len(report.findings) - mandatory
    said = [f"**{mandatory} violated**"] if mandatory else []
    return ", ".join([*said, *([f"{advisory} advisory"] if advisory else [])]) or "nothing found"


def _restarting(report: Report) -> str:
    places: dict[str, list[str]] = {}
    for one in report.restarts:
        if one.impact is Impact.RESTART:
            places.setdefault(one.process, []).append(one.node)
    together: dict[tuple[str, ...], list[str]] = {}
    for process, nodes in places.items():
        together.setdefault(tuple(nodes), []).append(process)
    said = "; ".join(f"{_codes(processes)} on {', '.join(nodes)}" for nodes, processes in together.items())
    return f"{said}: one node at a time" if said else ""


def _certificates(report: Report) -> str:
    kinds: dict[str, int] = {}
    for one in report.certificates:
        kinds[one.kind] = kinds.get(one.kind, 0) + 1
    said = [f"{count} {kind}" for kind, count in sorted(kinds.items())]
    whys = {why for one in report.certificates if one.kind == "renewed" for why in one.why}
    if len(whys) == 1:
        said[-1] += f" ({plain(whys.pop())})"
    if losing := sum(1 for one in report.certificates if one.lost):
        said.append(f"**{losing} lose a name**")
    return ", ".join(said)


def _details(report: Report) -> Iterator[str]:
    if report.findings:
        told = [
            (code(one.policy), "mandatory" if one.mandatory else "advisory", plain(one.text)) for one in report.findings
        ]
        yield from _folded("Policies", _table(("policy", "level", "what"), told))
    if report.certificates:
        rows = [_certificate(row) for row in certificate_rows(report)]
        yield from _folded("Certificates", _table(("certificates", "on", "what", "why"), rows))
    if report.endpoints:
        found = [
            (code(one.where), one.what, code(one.before) if one.before else "", code(one.after) if one.after else "")
            for one in report.endpoints
        ]
        yield from _folded("Endpoint", _table(("where", "what", "before", "after"), found))
    if report.openings:
        opened = [
            (one.kind, code(one.group), code(one.what), f"**{one.source}**" if one.world else code(one.source))
            for one in report.openings
        ]
        yield from _folded("Firewall", _table(("", "security group", "ports", "for"), opened))
    if report.restarts:
        rolled = [_restart(row) for row in restart_rows(report.restarts)]
        lines = [*_table(("program", "on", "what", "because of"), rolled)]
        if any(one.impact >= Impact.RESTART for one in report.restarts):
            lines = [ORDER, "", *lines]
        yield from _folded("What the nodes do", lines)


def _certificate(row: CertificateRow) -> tuple[str, ...]:
    what = f"{row.kind}{' (authority)' if row.authority else ''}"
    if row.lost:
        what += f", **loses {_codes(row.lost)}**"
    if row.gained:
        what += f", gains {_codes(row.gained)}"
    return (_codes(row.leaves), ", ".join(row.nodes), what, plain(", ".join(row.why)))


def _restart(row: RestartRow) -> tuple[str, ...]:
    return (_codes(row.processes), ", ".join(row.nodes), EFFECTS[row.impact], "<br>".join(map(code, row.because)))


def _folded(title: str, lines: Sequence[str]) -> Iterator[str]:
    yield from (f"<details><summary>{title}</summary>", "", *lines, "", "</details>", "")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _codes(names: Sequence[str]) -> str:
    return ", ".join(map(code, names))
