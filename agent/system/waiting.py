"""Waits until something is healthy, with a deadline and the last state for the error."""

import time
from collections.abc import Callable

from agent.model.failure import NotHealthy


def wait_until_healthy(problem: Callable[[], str | None], *, seconds: float, what: str, pause: float = 0.15) -> None:
    """Call `problem` until it returns None. Raises NotHealthy with its last result after `seconds`."""
    deadline = time.monotonic() + seconds
    while (seen := problem()) is not None:
        if time.monotonic() > deadline:
            raise NotHealthy(f"{what} is not healthy after {seconds:.0f} s: {seen}")
        time.sleep(pause)
