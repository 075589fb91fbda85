"""Waiting with a deadline, and with an answer to "what did you see instead?"."""

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")


class NotYet(Exception):
    """What a probe saw instead of what is awaited."""


class TimedOut(AssertionError):
    """The deadline came first. The message says what was awaited, how long, and what was seen last."""


def until(what: str, probe: Callable[[], Answer], *, seconds: float, every: float = 0.1) -> Answer:
    """Ask `probe` until it answers instead of raising `NotYet` or `OSError`; return its answer.

    A probe always gets at least one try. Raises `TimedOut` after `seconds`.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            return probe()
        except (NotYet, OSError) as seen:
            last = f"{seen}" if isinstance(seen, NotYet) else f"{type(seen).__name__}: {seen}"
        if time.monotonic() >= end:
            raise TimedOut(f"{what} did not come true within {seconds:g} s; seen last: {last}")
        time.sleep(every)
