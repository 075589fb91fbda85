"""An append-only record of the responses to a client. Times are seconds of this computer's monotonic clock."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

ENDPOINT = "endpoint"  # the place in every kubeconfig


@dataclass(frozen=True, kw_only=True)
class Window:
    """A period on the ledger's clock, in seconds, with both ends included."""

    begin: float
    end: float


def within(at: float, window: Window | None) -> bool:
    """Whether a point in time is in the window, if there is a window."""
    return window is not None and window.begin <= at <= window.end


@dataclass(frozen=True, kw_only=True)
class Acknowledged:
    """A write that the API confirmed.

    `uid` and `revision`: None if the confirmation was "it exists already" after a try without a response. `sent` is the
    start of the first try, `at` the confirmation; `tries` counts all; `through` names the place where the client
    dialled.
    """

    name: str
    value: str
    uid: str | None
    revision: int | None
    sent: float
    at: float
    tries: int
    through: str = ENDPOINT


@dataclass(frozen=True, kw_only=True)
class Failed:
    """One try without a confirmation; the write may still have happened. `last`: the client gave up."""

    name: str
    value: str
    sent: float
    at: float
    reason: str
    last: bool = False
    through: str = ENDPOINT


Entry = Acknowledged | Failed


class Ledger:
    """Append-only; safe to read while writers append. With a `path`, every entry is also a line of JSON there."""

    def __init__(self, path: Path | None = None) -> None:
        self._entries: list[Entry] = []
        self._confirmed: Counter[str] = Counter()
        self._newest: Acknowledged | None = None
        self._grown = threading.Condition()
        self._file: IO[str] | None = path.open("a", encoding="utf-8", buffering=1) if path else None

    def append(self, entry: Entry) -> None:
        """Append one entry."""
        with self._grown:
            self._entries.append(entry)
            if isinstance(entry, Acknowledged):
                self._confirmed[entry.through] += 1
                if (entry.revision or 0) > (self._newest.revision or 0 if self._newest else 0):
                    self._newest = entry
            if self._file:
                self._file.write(json.dumps({"kind": type(entry).__name__, **asdict(entry)}) + "\n")
            self._grown.notify_all()

    @property
    def acknowledged(self) -> tuple[Acknowledged, ...]:
        """Every confirmed write so far, in the order of confirmation."""
        return tuple(entry for entry in self.entries if isinstance(entry, Acknowledged))

    @property
    def failed(self) -> tuple[Failed, ...]:
        """Every try without a confirmation so far."""
        return tuple(entry for entry in self.entries if isinstance(entry, Failed))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everything so far, in the order of events."""
        with self._grown:
            return tuple(self._entries)

    @property
    def newest(self) -> Acknowledged | None:
        """The confirmed write with the highest known revision."""
        with self._grown:
            return self._newest

    def through(self, place: str) -> "Ledger":
        """The entries of the client that dialled there, as a separate ledger."""
        made = Ledger()
        for entry in self.entries:
            if entry.through == place:
                made.append(entry)
        return made

    def without(self, window: Window | None) -> "Ledger":
        """The entries outside the window, as a separate ledger."""
        made = Ledger()
        for entry in self.entries:
            if not within(entry.at, window):
                made.append(entry)
        return made

    def wait_for_more(self, count: int, *, seconds: float, through: str = ENDPOINT) -> bool:
        """Wait until `count` more writes are confirmed; False after `seconds`."""
        with self._grown:
            target = self._confirmed[through] + count
            return self._grown.wait_for(lambda: self._confirmed[through] >= target, seconds)

    def close(self) -> None:
        """Close the file, if any; the entries stay."""
        if self._file:
            self._file.close()
            self._file = None


@contextmanager
def kept(path: Path) -> Iterator[Ledger]:
    """A ledger with a file."""
    ledger = Ledger(path)
    try:
        yield ledger
    finally:
        ledger.close()


def read(path: Path) -> Ledger:
    """The ledger of an earlier run; an incomplete last line is left out."""
    ledger = Ledger()
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            entry = json.loads(line)
            ledger.append({"Acknowledged": Acknowledged, "Failed": Failed}[entry.pop("kind")](**entry))
    return ledger
