"""Collects every command line that any user of this computer can read, including those of machines' processes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

EVERY_SECONDS = 0.03
LOOKS = 4  # number of reads per process, because its command line changes with exec


class CommandLines:
    """`seen` holds each different command line once, arguments separated by spaces."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self._looks: dict[str, int] = {}
        self._stop = threading.Event()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Collect while the block runs."""
        self._stop.clear()
        thread = threading.Thread(target=self._work, name="command lines", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _work(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            now = [entry.name for entry in Path("/proc").iterdir() if entry.name.isdigit()]
            self._looks = {number: self._looks.get(number, 0) + 1 for number in now}
            for number, looks in self._looks.items():
                if looks <= LOOKS:
                    with suppress(OSError):
                        raw = Path("/proc", number, "cmdline").read_bytes()
                        self.seen.add(raw.replace(b"\0", b" ").decode(errors="replace").strip())
