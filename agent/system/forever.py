"""How the agent's own services work: they look, say what is new, and pause, for ever."""

import sys
import time
from collections.abc import Callable, Iterable


def forever(look: Callable[[], Iterable[str]], *, pause: float) -> None:
    """`look` does the work and returns what is to be said of it; that is said once, until something else is."""
    said: set[str] = set()
    while True:
        told = set(look())
        for text in sorted(told - said):
            print(text, file=sys.stderr, flush=True)
        said = told
        time.sleep(pause)
