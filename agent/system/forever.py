"""The loop of the agent's own services: check, report changes, pause."""

import sys
import time
from collections.abc import Callable, Iterable


def forever(look: Callable[[], Iterable[str]], *, pause: float) -> None:
    """`look` does the work and returns messages; a message is printed once, until it changes."""
    said: set[str] = set()
    while True:
        found = set(look())
        for text in sorted(found - said):
            print(text, file=sys.stderr, flush=True)
        said = found
        time.sleep(pause)
