"""Clients that read at every address of the API and check that they see all confirmed writes."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from workbench.lab.access import Access, Address
from workbench.lab.api import Connection, Unanswered
from workbench.lab.ledger import Acknowledged, Ledger
from workbench.lab.writer import Writer

OK, NOT_FOUND = 200, 404


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One read at one place.

    `stale`: it missed a write that was confirmed before the read, while it reported ready before and after. `unready`
    responses are not judged; `unanswered` reads count as gaps.
    """

    place: str
    at: float
    verdict: Literal["fresh", "stale", "unready", "unanswered"]
    seen: str = ""


class Reader:
    """Reads at one place, one read per `pace` seconds, and judges each by the ledger of a running writer."""

    def __init__(
        self, access: Access, place: Address, writer: Writer, *, pace: float = 0.1, deadline: float = 1.0
    ) -> None:
        self.place = place
        self.readings: list[Reading] = []
        self._ledger: Ledger = writer.ledger
        self.objects = writer.objects
        self._connection = Connection(access, place)
        self._pace = pace
        self._deadline = deadline
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"reader {place.name}", daemon=True)

    @property
    def stale(self) -> tuple[Reading, ...]:
        """Every stale read so far."""
        return tuple(reading for reading in tuple(self.readings) if reading.verdict == "stale")

    @property
    def fresh(self) -> tuple[Reading, ...]:
        """Every read so far that saw all earlier confirmed writes."""
        return tuple(reading for reading in tuple(self.readings) if reading.verdict == "fresh")

    def start(self) -> None:
        """Start."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the read in flight."""
        self._stop.set()
        self._thread.join()
        self._connection.close()

    def _work(self) -> None:
        while not self._stop.wait(self._pace):
            newest = self._ledger.newest
            if newest is not None:
                self.readings.append(self._read(newest))

    def _read(self, newest: Acknowledged) -> Reading:
        try:
            ready = self._ready()
            lacking = self._lacking(newest)
            ready = ready and (lacking is None or self._ready())
        except Unanswered as reason:
            return Reading(place=self.place.name, at=time.monotonic(), verdict="unanswered", seen=str(reason))
        verdict: Literal["fresh", "stale", "unready"] = "fresh" if ready else "unready"
        if ready and lacking:
            verdict = "stale"
        return Reading(place=self.place.name, at=time.monotonic(), verdict=verdict, seen=lacking or "")

    def _ready(self) -> bool:
        return self._connection.get("/readyz", deadline=self._deadline).status == OK

    def _lacking(self, newest: Acknowledged) -> str | None:
        """The writes that the place does not see; server errors do not prove staleness. Raises `Unanswered`."""
        listed = self._connection.get(f"{self.objects}?limit=1", deadline=self._deadline)
        version = listed.text("metadata", "resourceVersion")
        if listed.status != OK:
            raise Unanswered(f"list: HTTP {listed.status}")
        if int(version) < (newest.revision or 0):
            return f"list at revision {version}, {newest.name} was confirmed at {newest.revision}"
        found = self._connection.get(f"{self.objects}/{newest.name}", deadline=self._deadline)
        if found.status == NOT_FOUND:
            return f"{newest.name} is not found, it was confirmed at revision {newest.revision}"
        if found.status != OK:
            raise Unanswered(f"get: HTTP {found.status}")
        value = found.text("data", "value")
        return None if value == newest.value else f"{newest.name} is {value!r}, {newest.value!r} was confirmed"


@contextmanager
def reading(
    access: Access, places: Sequence[Address], writer: Writer, *, pace: float = 0.1, deadline: float = 1.0
) -> Iterator[tuple[Reader, ...]]:
    """Read at every place while the block runs."""
    readers = tuple(Reader(access, place, writer, pace=pace, deadline=deadline) for place in places)
    for reader in readers:
        reader.start()
    try:
        yield readers
    finally:
        for reader in readers:
            reader.stop()
