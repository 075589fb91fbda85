"""Ends the processes of static pods whose manifests have changed, while the kubelet does not run."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Sequence

from agent.kubernetes.static_pods import Process

DRAIN_SECONDS = 1.0  # for requests in flight, once the port is closed; watches reconnect to another node
PATIENCE_SECONDS = 22.0  # beyond the shutdown delay
GRACE_SECONDS = 27  # seconds beyond the shutdown delay: the pod's own grace period must be longer than this program's


def retire(
    processes: Sequence[Process],
    *,
    alive: Callable[[Process], bool],
    listens: Callable[[], bool],
    patience: float = 3 + PATIENCE_SECONDS,
) -> None:
    """Ask all processes to exit, as the kubelet would, and return when they have.

    The API server first lets its balancers notice its shutdown (shutdown-delay), then closes its port, then waits for
    open watches, which never end; a second signal ends that wait (apiserver's SetupSignalHandler). `listens` says
    whether its port is still open. Processes that still run after `patience` seconds are killed.
    """
    _signal(processes, signal.SIGTERM)
    deadline = time.monotonic() + patience
    closed: float | None = None
    while left := [process for process in processes if alive(process)]:
        now = time.monotonic()
        closed = None if listens() else (closed or now)
        if now > deadline:
            _signal(left, signal.SIGKILL)
        elif closed is not None and now - closed > DRAIN_SECONDS:
            _signal(left, signal.SIGTERM)
        time.sleep(0.1)


def _signal(processes: Sequence[Process], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)
