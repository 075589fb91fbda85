"""Hands over etcd's leadership while the disk of this node is slow.

etcd elects another leader only if the current one is silent. A leader with a slow disk is not silent: it sends its
heartbeats, and every write of the cluster waits for its disk.
"""

import time
from collections import deque
from collections.abc import Callable

from agent.etcd import metrics
from agent.etcd.cluster import open_cluster
from agent.etcd.disk import WINDOW_SECONDS, Reading, read, slow
from agent.model.failure import Failed
from agent.model.json_reading import Malformed
from agent.model.wanted import read as wanted
from agent.system.forever import forever
from agent.system.host import Host
from agent.system.memory import Memory

PAUSE_SECONDS = 2.0
# If every disk is slow, each handover is one more disturbance, so the pauses between them grow.
REST_SECONDS = 60.0
LONGEST_REST_SECONDS = 1800.0


class Watch:
    """`metrics` is the text of etcd's metrics (raises OSError), `hand_over` moves leadership and returns the new
    leader, None if no member can take it (raises Failed); `clock` is in seconds."""

    def __init__(
        self,
        *,
        metrics: Callable[[], str],
        hand_over: Callable[[], str | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._metrics = metrics
        self._hand_over = hand_over
        self._clock = clock
        self._readings: deque[Reading] = deque()
        self._rest = REST_SECONDS
        self._rested_at = clock()

    def look(self) -> str | None:
        """Check once and act on the result; returns a summary, or None if there was nothing to do."""
        now = self._clock()
        try:
            self._readings.append(read(self._metrics(), at=now))
        except (OSError, KeyError, ValueError):
            self._readings.clear()  # it does not run, or is starting
            return None
        while len(self._readings) > 1 and self._readings[1].at <= now - WINDOW_SECONDS:
            self._readings.popleft()
        why = slow(self._readings)
        if why is None or now < self._rested_at:
            return None
        return f"{why}: {self._give_away(now)}"

    def _give_away(self, now: float) -> str:
        try:
            leader = self._hand_over()
        except (Failed, Malformed, OSError) as error:
            return f"leadership could not be handed over: {error}"
        if leader is None:
            return "no other member can take over leadership"
        quiet = now - self._rested_at > LONGEST_REST_SECONDS
        self._rest = REST_SECONDS if quiet else min(2 * self._rest, LONGEST_REST_SECONDS)
        self._rested_at = now + self._rest
        self._readings.clear()
        return f"leadership was handed over to {leader}. Check this node's disk"


def watch_forever(host: Host) -> None:
    """Watch this node's member."""

    def hand_over() -> str | None:
        cluster = open_cluster(host, wanted(Memory(host).wanted))
        return cluster.hand_over() if cluster else None

    watch = Watch(metrics=metrics.text, hand_over=hand_over)
    forever(lambda: filter(None, [watch.look()]), pause=PAUSE_SECONDS)
