"""Releases unused pages of the database to the disk; this member is blocked while it runs (requirement ETCD-14)."""

from agent.etcd import space
from agent.etcd.cluster import Cluster, open_cluster
from agent.etcd.members import MemberStatus
from agent.model.events import Events
from agent.model.failure import Failed
from agent.model.wanted import Wanted
from agent.system.host import Host
from agent.system.waiting import wait_until_healthy

STEP = "defragment"
LOCK_SECONDS = 300.0
HEALTHY_SECONDS = 60.0


def defragment(host: Host, wanted: Wanted, events: Events) -> tuple[int, int]:
    """Returns the size of the database file in bytes, before and after. Raises Failed.

    Takes the cluster's lock, never blocks a leader that another member can replace, and requires every member to be
    healthy. An etcd that refuses writes (alarm NOSPACE) cannot provide the lock: the caller then goes from node to
    node, and the last one disarms the alarm.
    """
    cluster = open_cluster(host, wanted)
    if cluster is None:
        raise Failed("this machine is not an etcd member")

    def say(text: str) -> None:
        events.step(STEP, "applying", text)

    before = space.own_status(cluster)
    _require_health(cluster)
    if before.full:
        space.reclaim(cluster, say=say)
        if lacking := space.disarm_if_possible(cluster):
            say(f"the alarm stays until {', '.join(lacking)} have room")
        return before.database_bytes, space.own_status(cluster).database_bytes
    with cluster.lock(events, patience=LOCK_SECONDS) as lock:
        _require_health(cluster)  # another node may have changed something while this one waited
        if leader := cluster.hand_over():
            say(f"leadership handed over to {leader}")
        before = space.own_status(cluster)
        lock.check()
        say(f"{before.database_bytes} bytes, {before.used_bytes} of them in use")
        cluster.etcd.defragment(cluster.me.client_url, seconds=space.DEFRAGMENT_SECONDS)
        wait_until_healthy(lambda: _problem(cluster), seconds=HEALTHY_SECONDS, what="etcd of this node")
        return before.database_bytes, space.own_status(cluster).database_bytes


def _require_health(cluster: Cluster) -> None:
    members = cluster.look().members
    if members is None:
        raise Failed("etcd has no quorum: nothing is defragmented, because every member is needed")
    seen = {m.name or m.peer_urls[0]: cluster.health(m.client_urls[0]) if m.client_urls else "new" for m in members}
    unhealthy = {name: status for name, status in seen.items() if not isinstance(status, MemberStatus)}
    alarms = {name: s.errors for name, s in seen.items() if isinstance(s, MemberStatus) and s.errors and not s.full}
    learners = [member.name for member in members if member.learner]
    if unhealthy or alarms or learners:
        said = [f"{name}: {status}" for name, status in unhealthy.items()]
        said += [f"{name}: {', '.join(errors)}" for name, errors in alarms.items()]
        said += [f"{name}: still a learner" for name in learners]
        raise Failed(f"not every member is healthy, so none is defragmented: {'; '.join(said)}")


def _problem(cluster: Cluster) -> str | None:
    status = cluster.health(cluster.me.client_url)
    return status if isinstance(status, str) else None
