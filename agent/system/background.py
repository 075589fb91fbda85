"""Runs work at low priority: copying, hashing and unpacking beside an etcd that must respond within milliseconds."""

import os
from concurrent.futures import ThreadPoolExecutor

NICE = 10


def workers(number: int) -> ThreadPoolExecutor:
    """Threads of that priority; the programs that they start inherit it."""
    return ThreadPoolExecutor(max_workers=number, initializer=_give_way)


def _give_way() -> None:
    # On Linux each thread has a priority of its own (setpriority(2)); an unprivileged thread cannot raise it again.
    os.setpriority(os.PRIO_PROCESS, 0, max(NICE, os.getpriority(os.PRIO_PROCESS, 0)))
