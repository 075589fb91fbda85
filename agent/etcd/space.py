"""Makes room when etcd refuses writes because a database has reached its quota (the alarm NOSPACE).

The cluster's lock is a write and cannot be taken then. Members still take turns: each waits until every earlier member
on the list has room, and this can be read without a write.
"""

import time
from collections.abc import Callable

from agent.etcd.cluster import Cluster
from agent.etcd.lock import KEY
from agent.etcd.members import MemberStatus
from agent.model.failure import Failed, NotHealthy
from agent.model.wanted import Member

ROOM = 0.05  # share of the quota that must be free; with less, the next writes raise the alarm again
PATIENCE_SECONDS = 900.0  # for the other nodes, each of which may defragment a large database
SILENT_SECONDS = 60.0  # seconds; a member that restarts with a larger quota responds within this time
DEFRAGMENT_SECONDS = 600.0  # 8 GB, etcd's largest advised database, at a slow disk's 20 MB/s
SPARE_SECONDS = 20.0
PAUSE_SECONDS = 0.5


class Silence:
    """How long members have not responded: a short silence is a restart, a long one a dead member."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def short(self, name: str) -> bool:
        """Whether a member that is silent now first was so less than `SILENT_SECONDS` ago."""
        return time.monotonic() - self._since.setdefault(name, time.monotonic()) < SILENT_SECONDS


def has_room(status: MemberStatus) -> bool:
    """Whether a member accepts writes again once the alarm is off."""
    return status.room_bytes >= ROOM * (status.room_bytes + status.database_bytes)


def relieve(
    cluster: Cluster,
    *,
    say: Callable[[str], None],
    enlarge: Callable[[Callable[[], None]], bool],
    patience: float = PATIENCE_SECONDS,
) -> None:
    """Give this member the quota that is planned, compact and defragment if that is not enough, and disarm once all
    members have room. `enlarge` calls its argument and restarts the member if a restart brings another quota, and
    returns whether it did. Raises Failed.

    The quota comes first: the little that a defragmentation finds lasts for seconds under clients that write, and
    would let the next member restart at the same time as this one.
    """
    deadline = time.monotonic() + patience
    await_turn(cluster, say=say, deadline=deadline)
    if not has_room(own_status(cluster)) and enlarge(lambda: _spare(cluster, say)):
        say("etcd of this node restarted with the planned quota")
    if not has_room(own_status(cluster)):
        reclaim(cluster, say=say)
    if not has_room(own := own_status(cluster)):
        raise Failed(
            f"etcd refuses writes (alarm NOSPACE), and {own.used_bytes} of its {own.database_bytes} bytes are in "
            f"use, with a quota of {own.database_bytes + own.room_bytes}: raise `etcd.quotaBytes` and run the "
            "update again, or delete objects"
        )
    await_disarmed(cluster, say=say, deadline=deadline)


def reclaim(cluster: Cluster, *, say: Callable[[str], None]) -> None:
    """Compact to the current revision and defragment this node's member. Neither operation is a write."""
    own = own_status(cluster)
    say(f"etcd refuses writes (alarm NOSPACE): compacting and defragmenting {own.database_bytes} bytes")
    cluster.etcd.compact(own.revision)
    if leader := cluster.hand_over():
        say(f"leadership handed over to {leader}")
    cluster.etcd.defragment(cluster.me.client_url, seconds=DEFRAGMENT_SECONDS)


def disarm_if_possible(cluster: Cluster, silence: Silence | None = None) -> list[str]:
    """Disarm the alarm if every member that responds has room; else the names of those without room.

    With `silence`, a member that has just become silent counts as one without room: it probably restarts, and would
    raise the alarm again.
    """
    seen = {member.name: cluster.health(member.client_url) for member in cluster.wanted}
    lacking = [
        name
        for name, status in seen.items()
        if (not has_room(status) if isinstance(status, MemberStatus) else silence is not None and silence.short(name))
    ]
    if not lacking:
        cluster.etcd.disarm_no_space()
    return lacking


def await_turn(cluster: Cluster, *, say: Callable[[str], None], deadline: float) -> None:
    """Wait until no node holds the lock and every member before this one has room. Raises Failed."""
    names = [member.name for member in cluster.wanted]
    before = cluster.wanted[: names.index(cluster.me.name)]
    silence = Silence()
    shown = ""
    while seen := _ahead(cluster, before, silence):
        if time.monotonic() > deadline:
            raise Failed(f"etcd refuses writes (alarm NOSPACE): {seen}. Run the update for every node")
        if seen != shown:
            say(f"waiting: {seen}")
            shown = seen
        time.sleep(PAUSE_SECONDS)


def await_disarmed(cluster: Cluster, *, say: Callable[[str], None], deadline: float) -> None:
    """Wait for the other members' room and disarm the alarm. Raises Failed."""
    shown: list[str] = []
    silence = Silence()
    while lacking := disarm_if_possible(cluster, silence):
        if time.monotonic() > deadline:
            raise Failed(
                f"etcd still refuses writes (alarm NOSPACE): {', '.join(lacking)} have no room. Run the update for "
                "every node, or `python -m operations defragment`"
            )
        if lacking != shown:
            say(f"waiting until {', '.join(lacking)} have room")
            shown = lacking
        time.sleep(PAUSE_SECONDS)
    say("every member has room: etcd accepts writes again")


def own_status(cluster: Cluster) -> MemberStatus:
    """The status of this node's member. Raises Failed."""
    status = cluster.health(cluster.me.client_url)
    if isinstance(status, str):
        raise Failed(f"this node's member does not respond: {status}")
    return status


def _ahead(cluster: Cluster, before: tuple[Member, ...], silence: Silence) -> str | None:
    if cluster.etcd.read(KEY):
        return "another node holds the cluster's lock"
    for member in before:
        status = cluster.health(member.client_url)
        if isinstance(status, MemberStatus):
            if not has_room(status):
                return f"{member.name} comes first and does not have room yet"
        elif silence.short(member.name):
            return f"{member.name} comes first and does not respond"
    return None


def _spare(cluster: Cluster, say: Callable[[str], None]) -> None:
    try:
        cluster.await_spare(say=say, patience=SPARE_SECONDS)
    except NotHealthy as error:
        say(f"{error}. Continuing anyway: etcd refuses every write until a member has a larger quota")
