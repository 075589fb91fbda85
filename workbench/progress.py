"""Progress for people: one line when something starts, one when it is done."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Failure(Exception):
    """What stopped the set-up, for the user; the message says what to do about it."""


class Progress:
    """Numbers the parts of a longer piece of work. `of` is how many there are."""

    def __init__(self, subject: str, of: int) -> None:
        self.subject = subject
        self.of = of
        self.at = 0

    @contextmanager
    def part(self, what: str) -> Iterator[None]:
        """Announce one part, and how long it took once it is done."""
        self.at += 1
        self._say(f"{self.at}/{self.of} {what} ...")
        begun = time.monotonic()
        yield
        self._say(f"{self.at}/{self.of} {what}: {time.monotonic() - begun:.1f} s")

    def _say(self, text: str) -> None:
        # Standard error, so that a command's own result on standard output stays usable in a pipe.
        sys.stderr.write(f"{self.subject} {text}\n")
        sys.stderr.flush()
