"""Restarts a new member that waits for a request that has already been applied.

A member publishes its name by a request, and serves clients once it sees that this request is applied. If the snapshot
from its leader already contains the request, it never sees it: it waits for a timeout of five seconds and two election
timeouts, and repeats it. If the member is restarted at that point, it has its data and sees its next request
immediately.
"""

import time
from collections.abc import Callable

from agent.etcd.metrics import HAS_LEADER, value

PATIENCE_SECONDS = 20.0  # for the snapshot; a larger one takes longer than the avoided time-out
HEARD_SECONDS = 1.5  # a request takes milliseconds once the data has arrived
PAUSE_SECONDS = 0.2
APPLIED = "etcd_server_proposals_applied_total"


def restart_if_stalled(
    *,
    starting: Callable[[], bool],
    metrics: Callable[[], str],
    restart: Callable[[], None],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Wait while the new member is `starting`; `restart` it once if it has its data and still serves no client.

    `metrics` is the text of etcd's metrics, which are available from the start (raises OSError before that). Returns
    whether it was restarted.
    """
    begun, since = clock(), None
    while starting() and clock() - begun < PATIENCE_SECONDS:
        if since is None and _has_data(metrics):
            since = clock()
        if since is not None and clock() - since >= HEARD_SECONDS:
            restart()
            return True
        sleep(PAUSE_SECONDS)
    return False


def _has_data(metrics: Callable[[], str]) -> bool:
    try:
        text = metrics()
        return value(text, HAS_LEADER) == 1 and value(text, APPLIED) > 0
    except (OSError, KeyError):
        return False
