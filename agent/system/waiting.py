"""Waiting for something to become healthy, with a deadline and the last thing that was seen."""

import time
from collections.abc import Callable

from agent.model.failure import NotHealthy


def wait_until_healthy(ailment: Callable[[], str | None], *, seconds: float, what: str, pause: float = 0.15) -> None:
    """Ask until `ailment` returns None. Raises NotHealthy with what it said last when `seconds` are over."""
    deadline = time.monotonic() + seconds
    while (seen := ailment()) is not None:
        if time.monotonic() > deadline:
            raise NotHealthy(f"{what} is not healthy after {seconds:.0f} s: {seen}")
        time.sleep(pause)
