"""Ends this process with the one that started it.

A CLI that is killed cannot end its plugins, which then run on for hours. The kernel's own signal (prctl(2),
PR_SET_PDEATHSIG) is sent when the starting *thread* ends, and the engine is a Go program that ends threads at any time;
so the parent's process id is compared instead.
"""

import os
import signal
import threading
import time

PAUSE_SECONDS = 1.0


def end_with_parent(*, pause: float = PAUSE_SECONDS) -> None:
    """Send SIGTERM to this process once its parent is another one (the system's init adopts orphans)."""
    parent = os.getppid()
    threading.Thread(target=_watch, args=(parent, pause), daemon=True, name="parent").start()


def _watch(parent: int, pause: float) -> None:
    while os.getppid() == parent:
        time.sleep(pause)
    os.kill(os.getpid(), signal.SIGTERM)
