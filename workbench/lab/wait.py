"""Waits with a deadline, and reports the last state on failure."""

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")


class NotYet(Exception):
    """The state that a probe saw instead of the expected one."""


class TimedOut(AssertionError):
    """The deadline passed. The message gives the expected state, the time, and the last state."""


def until(what: str, probe: Callable[[], Answer], *, seconds: float, every: float = 0.1) -> Answer:
    """Call `probe` until it returns instead of raising `NotYet` or `OSError`; return its result.

    A probe always gets at least one try. Raises `TimedOut` after `seconds`.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            return probe()
        except (NotYet, OSError) as seen:
            last = f"{seen}" if isinstance(seen, NotYet) else f"{type(seen).__name__}: {seen}"
        if time.monotonic() >= end:
            raise TimedOut(f"{what}: not true within {seconds:g} s; last state: {last}")
        time.sleep(every)
