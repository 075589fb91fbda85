"""Runs copying, hashing and unpacking at low priority, because etcd must still respond within milliseconds."""

import os
from concurrent.futures import ThreadPoolExecutor

NICE = 10


def workers(number: int) -> ThreadPoolExecutor:
    """Threads of that priority; the programs that they start inherit it."""
    return ThreadPoolExecutor(max_workers=number, initializer=_give_way)


def _give_way() -> None:
    # On Linux each thread has its own priority (setpriority(2)); an unprivileged thread cannot raise it again.
    os.setpriority(os.PRIO_PROCESS, 0, max(NICE, os.getpriority(os.PRIO_PROCESS, 0)))
