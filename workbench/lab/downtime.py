"""The times when a server was down: its reader found its port closed.

A late response from a busy server does not count.
"""

from collections.abc import Mapping
from itertools import combinations

from workbench.lab.ledger import Window
from workbench.lab.reader import Reading


def downtime(readings: tuple[Reading, ...]) -> tuple[Window, ...]:
    """Periods from a refused read to the next successful one, or to the last read."""
    windows = []
    begin: float | None = None
    for reading in readings:
        if not _refused(reading):
            if begin is not None:
                windows.append(Window(begin=begin, end=reading.at))
                begin = None
        elif begin is None:
            begin = reading.at
    if begin is not None:
        windows.append(Window(begin=begin, end=readings[-1].at))
    return tuple(windows)


def _refused(reading: Reading) -> bool:
    return reading.verdict == "unanswered" and reading.seen.startswith("connect: ") and "refused" in reading.seen


def overlap(places: Mapping[str, tuple[Reading, ...]]) -> tuple[str, ...]:
    """Describes each pair of places that were down at the same time, with the duration."""
    found = []
    for (first, of_first), (second, of_second) in combinations(places.items(), 2):
        for one in downtime(of_first):
            for other in downtime(of_second):
                seconds = min(one.end, other.end) - max(one.begin, other.begin)
                if seconds > 0:
                    found.append(f"{first} and {second} for {seconds:.2f} s")
    return tuple(found)
