"""Summarizes all runs of a drill as one entry of the documentation."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from statistics import median

from workbench.lab.figure import Figure
from workbench.lab.ledger import ENDPOINT
from workbench.lab.record import Frozen, Record


class Distribution(Frozen):
    """The values of one figure in all runs, in `unit`."""

    name: str
    unit: str
    values: list[float]
    limit: float | None
    theory: float | None
    why: str

    @property
    def middle(self) -> float:
        """The median."""
        return median(self.values)

    @property
    def kept(self) -> bool:
        """Whether every run was within the limit."""
        return self.limit is None or max(self.values) <= self.limit


class Summary(Frozen):
    """`load` is the minimum and maximum before a run; `broken` lists the errors of failed runs; counts are sums over
    all runs and, for clients, those of the endpoint."""

    drill: str
    title: str
    group: str
    runs: int
    commit: str
    made: str
    load: tuple[float, float]
    processors: int
    broken: list[str]
    acknowledged: int
    lost: int
    wrong: int
    stale: int
    reads: int
    without_retry: int
    with_retry: int
    figures: list[Distribution]


class Published(Frozen):
    """The file that `make drills` writes beside the documentation."""

    drills: list[Summary]


def summaries(records: Sequence[Record]) -> list[Summary]:
    """One summary for each drill, in the order of the records."""
    return [_summary(list(those)) for _, those in groupby(records, key=lambda one: (one.group, one.drill))]


def _summary(runs: list[Record]) -> Summary:
    last = max(runs, key=lambda one: one.circumstances.made)
    loads = [one.circumstances.load for one in runs]
    clients = [one.clients[ENDPOINT] for one in runs if ENDPOINT in one.clients]
    accounts = [one.account for one in runs]
    return Summary(
        drill=last.drill,
        title=last.title,
        group=last.group,
        runs=len(runs),
        commit=last.circumstances.commit,
        made=last.circumstances.made,
        load=(min(loads), max(loads)),
        processors=last.circumstances.processors,
        broken=[f"run {one.run}: {one.broken}" for one in runs if one.broken],
        acknowledged=sum(one.get("acknowledged", 0) for one in accounts),
        lost=sum(one.get("missing", 0) + one.get("replaced", 0) for one in accounts),
        wrong=sum(one.get(kind, 0) for one in accounts for kind in ("wrong", "duplicates", "disordered")),
        stale=sum(one.stale for one in runs),
        reads=sum(sum(one.reads.values()) for one in runs),
        without_retry=sum(client.without_retry for client in clients),
        with_retry=sum(client.with_retry for client in clients),
        figures=list(_figures(figure for one in runs for figure in one.figures)),
    )


def _figures(all_runs: Iterable[Figure]) -> Iterable[Distribution]:
    by_name: dict[str, list[Figure]] = {}
    for figure in all_runs:
        by_name.setdefault(figure.name, []).append(figure)
    for name, those in by_name.items():
        last = those[-1]
        yield Distribution(
            name=name,
            unit=last.unit,
            values=[one.value for one in those],
            limit=last.limit,
            theory=last.theory,
            why=last.why,
        )


def published(path: Path) -> Published:
    """The published summaries; empty without a file."""
    if not path.exists():
        return Published(drills=[])
    return Published.model_validate_json(path.read_text(encoding="utf-8"))


def merged(before: Published, new: Sequence[Summary]) -> Published:
    """Drills that ran replace their previous entries; the others stay, each with its own commit."""
    ran = {one.drill for one in new}
    kept = [one for one in before.drills if one.drill not in ran]
    return Published(drills=sorted([*kept, *new], key=lambda one: (one.group, one.drill)))
