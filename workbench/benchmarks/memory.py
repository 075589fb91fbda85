"""Memory of machines, as their control groups report it."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from provider.local.machines.cgroups import groups
from provider.local.machines.place import Place

EVERY_SECONDS = 0.5
# (usage, statistics, the page cache that the kernel would release first) of cgroup v1 and v2
FILES = (
    ("memory.usage_in_bytes", "memory.stat", "total_inactive_file"),
    ("memory.current", "memory.stat", "inactive_file"),
)


class PeakMemory:
    """Peak memory of several machines together, in bytes; 0 if their groups do not count memory.

    Counted as the kubelet counts a node's working set: usage without the inactive page cache, which is not needed.
    """

    def __init__(self, fleet: str, names: Sequence[str]) -> None:
        self.peak = 0
        self._places = [Place(fleet=fleet, name=name) for name in names]
        self._stop = threading.Event()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Sample twice a second while the block runs."""
        self._stop.clear()
        thread = threading.Thread(target=self._work, name="memory", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _work(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            self.peak = max(self.peak, sum(working_set(place) for place in self._places))


def working_set(place: Place) -> int:
    """Bytes that the machine uses now; 0 when it does not run."""
    for _, group in groups(place):
        for usage, statistics, cache in FILES:
            try:
                used = int((group / usage).read_text(encoding="ascii"))
                return max(0, used - _field(group / statistics, cache))
            except (OSError, ValueError):
                continue
    return 0


def _field(path: Path, name: str) -> int:
    lines = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    return next((int(value) for key, value in lines if key == name), 0)
