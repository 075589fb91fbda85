"""Groups identical changes of several nodes into one row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from operations.review.certificates import CertificateChange
from operations.review.effects import Impact
from operations.review.report import Report
from operations.review.restarts import Restart


@dataclass(frozen=True, kw_only=True)
class CertificateRow:
    """`leaves` on each of `nodes`; `nodes` is empty for authorities and for names without a node's prefix."""

    kind: str
    authority: bool
    leaves: tuple[str, ...]
    nodes: tuple[str, ...]
    why: tuple[str, ...]
    lost: tuple[str, ...]
    gained: tuple[str, ...]

    @property
    def count(self) -> int:
        """The number of certificates in this row."""
        return len(self.leaves) * max(1, len(self.nodes))


@dataclass(frozen=True, kw_only=True)
class RestartRow:
    """`processes` on each of `nodes`, for the same reasons."""

    processes: tuple[str, ...]
    impact: Impact
    nodes: tuple[str, ...]
    because: tuple[str, ...]


def certificate_rows(report: Report) -> tuple[CertificateRow, ...]:
    """Sort rows that lose a name first, then by kind."""
    nodes = sorted({name for members, _ in report.clusters for name in (*members.before, *members.after)}, key=len)
    alike: dict[tuple[object, ...], dict[str, list[str]]] = {}
    examples: dict[tuple[object, ...], CertificateChange] = {}
    for one in report.certificates:
        node = next((n for n in reversed(nodes) if one.name.startswith(f"{n}-")), "")
        key = (one.kind, one.authority, one.why, one.lost, one.gained)
        alike.setdefault(key, {}).setdefault(node, []).append(one.name.removeprefix(f"{node}-" if node else ""))
        examples[key] = one
    rows = [
        CertificateRow(
            kind=examples[key].kind,
            authority=examples[key].authority,
            leaves=leaves,
            nodes=tuple(node for node in found if node),
            why=examples[key].why,
            lost=examples[key].lost,
            gained=examples[key].gained,
        )
        for key, by_node in alike.items()
        for leaves, found in _by_value(by_node)
    ]
    return tuple(sorted(rows, key=lambda row: (not row.lost, not row.authority, row.kind, row.leaves)))


def restart_rows(restarts: Iterable[Restart]) -> tuple[RestartRow, ...]:
    """Sort the strongest effects first."""
    places: dict[tuple[str, Impact, tuple[str, ...]], list[str]] = {}
    for one in restarts:
        places.setdefault((one.process, one.impact, one.because), []).append(one.node)
    alike: dict[tuple[Impact, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for (process, impact, because), nodes in places.items():
        alike.setdefault((impact, tuple(nodes), because), []).append(process)
    rows = [
        RestartRow(processes=tuple(processes), impact=impact, nodes=nodes, because=because)
        for (impact, nodes, because), processes in alike.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.impact, row.processes)))


def _by_value(by_node: dict[str, list[str]]) -> list[tuple[tuple[str, ...], Sequence[str]]]:
    found: dict[tuple[str, ...], list[str]] = {}
    for node, leaves in by_node.items():
        # A name without a node gets its own row; nodes with the same leaves share one.
        found.setdefault(tuple(sorted(leaves)), []).append(node)
    return list(found.items())
