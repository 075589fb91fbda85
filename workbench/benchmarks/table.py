"""Formats measurements as a table in Markdown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """The values of one quantity in repeated runs. `limit`: the highest accepted value; None: for information."""

    what: str
    unit: str
    values: Sequence[float]
    limit: float | None = None
    digits: int = 1

    @property
    def kept(self) -> bool:
        """Whether the median is within the limit."""
        return self.limit is None or median(self.values) <= self.limit


def table(measurements: Iterable[Measurement]) -> str:
    """One row each: median, minimum and maximum, number of runs, limit, and whether the median is within it."""
    rows = [
        ("what", "unit", "median", "min", "max", "runs", "limit", "kept"),
        *(_row(measurement) for measurement in measurements),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def _row(measured: Measurement) -> tuple[str, ...]:
    middle = median(measured.values)
    shown = (f"{value:.{measured.digits}f}" for value in (middle, min(measured.values), max(measured.values)))
    limit = "" if measured.limit is None else f"{measured.limit:g}"
    kept = "" if measured.limit is None else ("yes" if measured.kept else "NO")
    return (measured.what, measured.unit, *shown, str(len(measured.values)), limit, kept)
