"""Determines from a member's metrics how long it waits for its disk."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.etcd.metrics import value

WINDOW_SECONDS = 4.0
# etcd's own advice is that 99 of 100 writes of the log take less than 0.01 s (https://etcd.io/docs/v3.6/faq/). Half a
# second for each write, for several seconds, is not a short peak: clients with a deadline of 1 s have failed by then.
SLOW_SECONDS = 0.5

LEADS = "etcd_server_is_leader"
SYNCS = "etcd_disk_wal_fsync_duration_seconds_count"
SYNC_SECONDS = "etcd_disk_wal_fsync_duration_seconds_sum"
PENDING = "etcd_server_proposals_pending"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The metrics of a member at one moment.

    `at` is the time on a monotonic clock. Since its start the member has written its log `syncs` times, in `seconds`
    altogether; `pending` requests wait to be written.
    """

    at: float
    leads: bool
    syncs: int
    seconds: float
    pending: int


def read(metrics: str, *, at: float) -> Reading:
    """A reading of the text of /metrics. Raises KeyError or ValueError if it is not etcd's."""
    return Reading(
        at=at,
        leads=value(metrics, LEADS) == 1,
        syncs=int(value(metrics, SYNCS)),
        seconds=value(metrics, SYNC_SECONDS),
        pending=int(value(metrics, PENDING)),
    )


def slow(readings: Sequence[Reading]) -> str | None:
    """Describes the problem with a leader's disk; None if there is none or too little is known.

    `readings` cover the last seconds, the oldest first.
    """
    if not readings or not all(one.leads for one in readings):
        return None
    first, last = readings[0], readings[-1]
    passed = last.at - first.at
    syncs, seconds = last.syncs - first.syncs, last.seconds - first.seconds
    if passed < WINDOW_SECONDS or syncs < 0:
        return None
    if syncs == 0:
        stuck = all(one.pending for one in readings)
        return f"no write of etcd's log has ended in {passed:.0f} s, {last.pending} requests wait" if stuck else None
    if seconds / syncs < SLOW_SECONDS:
        return None
    return f"writes of etcd's log took {seconds / syncs:.1f} s each in the last {passed:.0f} s"
