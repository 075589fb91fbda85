"""Progress for people: one line when a step starts, one when it is done."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Failure(Exception):
    """The set-up failed; the message for the user says how to fix it."""


class Progress:
    """Numbers the parts of a longer task. `of` is their number."""

    def __init__(self, subject: str, of: int) -> None:
        self.subject = subject
        self.of = of
        self.at = 0

    @contextmanager
    def part(self, what: str) -> Iterator[None]:
        """Print the start of one part, and its duration once it is done."""
        self.at += 1
        self._say(f"{self.at}/{self.of} {what} ...")
        begun = time.monotonic()
        yield
        self._say(f"{self.at}/{self.of} {what}: {time.monotonic() - begun:.1f} s")

    def _say(self, text: str) -> None:
        # Standard error, so that a command's own result on standard output stays usable in a pipe.
        sys.stderr.write(f"{self.subject} {text}\n")
        sys.stderr.flush()
