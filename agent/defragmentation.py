"""Giving unused pages of the database back to the disk: blocks this member while it runs (requirement ETCD-14)."""

from agent.etcd.cluster import PKI, Cluster, open_cluster
from agent.etcd.members import MemberStatus
from agent.model.events import Events
from agent.model.failure import Failed
from agent.model.wanted import Wanted
from agent.system.host import Host
from agent.system.waiting import wait_until_healthy

STEP = "defragment"
LOCK_SECONDS = 300.0
DEFRAGMENT_SECONDS = 600.0  # 8 GB, etcd's largest advised database, at a slow disk's 20 MB/s
HEALTHY_SECONDS = 60.0


def defragment(host: Host, wanted: Wanted, events: Events) -> tuple[int, int]:
    """Bytes of the database's file before and after. In the cluster's lock, never on a leader that another member could
    replace, and only while every member is healthy. Raises Failed."""
    cluster = open_cluster(host, wanted)
    if cluster is None:
        raise Failed("this machine is no member of etcd")
    _require_health(cluster)
    with cluster.lock(events, patience=LOCK_SECONDS) as lock:
        _require_health(cluster)  # while this node waited, another was at work
        if leader := cluster.hand_over():
            events.step(STEP, "applying", f"leadership handed over to {leader}")
        before = _own(cluster)
        lock.check()
        events.step(STEP, "applying", f"{before.database_bytes} bytes, {before.used_bytes} of them in use")
        host.commands.run(
            "etcdctl",
            f"--endpoints={cluster.me.client_url}",
            f"--cacert={host.path(PKI)}/ca.crt",
            f"--cert={host.path(PKI)}/healthcheck-client.crt",
            f"--key={host.path(PKI)}/healthcheck-client.key",
            f"--command-timeout={DEFRAGMENT_SECONDS:.0f}s",
            "defrag",
            timeout=DEFRAGMENT_SECONDS + 10,
        )
        wait_until_healthy(lambda: _ailment(cluster), seconds=HEALTHY_SECONDS, what="etcd of this node")
        return before.database_bytes, _own(cluster).database_bytes


def _require_health(cluster: Cluster) -> None:
    members = cluster.look().members
    if members is None:
        raise Failed("etcd has no quorum: nothing is defragmented, because every member is needed")
    seen = {m.name or m.peer_urls[0]: cluster.health(m.client_urls[0]) if m.client_urls else "new" for m in members}
    ill = {name: status for name, status in seen.items() if not isinstance(status, MemberStatus)}
    alarms = {name: s.errors for name, s in seen.items() if isinstance(s, MemberStatus) and s.errors}
    learners = [member.name for member in members if member.learner]
    if ill or alarms or learners:
        said = [f"{name}: {status}" for name, status in ill.items()]
        said += [f"{name}: {', '.join(errors)}" for name, errors in alarms.items()]
        said += [f"{name}: still a learner" for name in learners]
        raise Failed(f"not every member is healthy, so none is defragmented: {'; '.join(said)}")


def _own(cluster: Cluster) -> MemberStatus:
    status = cluster.health(cluster.me.client_url)
    if isinstance(status, str):
        raise Failed(f"this node's member does not answer: {status}")
    return status


def _ailment(cluster: Cluster) -> str | None:
    status = cluster.health(cluster.me.client_url)
    return status if isinstance(status, str) else None
