"""Changes of the member list: one at a time, and never one that the cluster could not survive."""

import time
from collections.abc import Callable
from functools import partial

from agent.etcd.cluster import Cluster, quorum
from agent.etcd.gateway import EtcdRefused, Unreachable
from agent.etcd.members import EtcdMember
from agent.model.failure import Failed
from agent.model.wanted import Member

PATIENCE = 90.0  # etcd refuses changes until all members have been connected for 5 s (its HealthInterval)
PAUSE = 0.5


def _persist(
    cluster: Cluster,
    change: Callable[[], None],
    *,
    what: str,
    say: Callable[[str], None],
    patience: float = PATIENCE,
) -> None:
    """Repeat a change until etcd accepts it. Raises Failed with etcd's last refusal."""
    deadline = time.monotonic() + patience
    shown: set[str] = set()
    while True:
        cluster.check_turn()
        try:
            return change()
        except (EtcdRefused, Unreachable) as error:
            if time.monotonic() > deadline:
                raise Failed(f"{what} was not accepted within {patience:.0f} s: {error}") from error
            if str(error) not in shown:
                say(f"{what}: {error}; trying again")
                shown.add(str(error))
        time.sleep(PAUSE)


def unwanted(members: tuple[EtcdMember, ...], wanted: tuple[Member, ...]) -> tuple[EtcdMember, ...]:
    """Members that are no longer planned, by their peer URL."""
    urls = {member.peer_url for member in wanted}
    return tuple(member for member in members if not urls & set(member.peer_urls))


def may_remove(gone: EtcdMember, *, members: tuple[EtcdMember, ...], healthy: frozenset[int], target: int) -> bool:
    """Whether enough healthy voters stay: a quorum of those that remain, and of the `target` number of members."""
    if gone.learner:
        return True
    remaining = [member for member in members if member.id != gone.id and not member.learner]
    alive = sum(member.id in healthy for member in remaining)
    return alive >= max(quorum(len(remaining)), quorum(target))


def abandoned(cluster: Cluster, members: tuple[EtcdMember, ...]) -> tuple[EtcdMember, ...]:
    """Members that are not planned and do not respond.

    A member that responds leaves when its node is deleted, which happens later and stops its API server first.
    If it were removed earlier, that API server would hang, together with the clients that balancers still send to it.
    """
    return tuple(m for m in unwanted(members, cluster.wanted) if not _answers(cluster, m))


def remove_abandoned(cluster: Cluster, *, say: Callable[[str], None]) -> tuple[str, ...]:
    """Remove those members, one after the other; returns the names of those that must stay for now."""
    kept: set[int] = set()
    while True:
        members = cluster.members()
        left = [m for m in abandoned(cluster, members) if m.id not in kept]
        if not left:
            return tuple(m.name for m in members if m.id in kept)
        gone = left[0]
        healthy = frozenset(m.id for m in members if _answers(cluster, m))
        if not may_remove(gone, members=members, healthy=healthy, target=len(cluster.wanted)):
            kept.add(gone.id)
            continue
        say(f"removing {gone.name or gone.peer_urls}: it is no longer planned")
        _persist(cluster, partial(_remove, cluster, gone.id), what=f"the removal of {gone.name}", say=say)


def _answers(cluster: Cluster, member: EtcdMember) -> bool:
    return bool(member.client_urls) and not isinstance(cluster.health(member.client_urls[0]), str)


def _remove(cluster: Cluster, member: int) -> None:
    try:
        cluster.etcd.remove(member)
    except EtcdRefused:
        if any(m.id == member for m in cluster.etcd.members()):
            raise  # otherwise an earlier call succeeded, but its response was lost


def replace(cluster: Cluster, old: EtcdMember, *, say: Callable[[str], None]) -> None:
    """Remove this node's previous identity."""
    say(f"removing the previous identity of {cluster.me.name}")
    _persist(cluster, lambda: _remove(cluster, old.id), what=f"the removal of the previous {cluster.me.name}", say=say)


def add(cluster: Cluster, *, say: Callable[[str], None]) -> tuple[EtcdMember, ...]:
    """Add this node as a learner; the member list that its first start must be given."""

    def change() -> None:
        view = cluster.etcd.members()
        if not any(cluster.me.peer_url in member.peer_urls for member in view):
            cluster.etcd.add_learner(cluster.me.peer_url)

    _persist(cluster, change, what=f"adding {cluster.me.name}", say=say)
    return cluster.members()


def initial_cluster(members: tuple[EtcdMember, ...], wanted: tuple[Member, ...]) -> str:
    """etcd's ETCD_INITIAL_CLUSTER for a member that joins: every member, named or not yet."""
    names = {member.peer_url: member.name for member in wanted}
    pairs = [(m.name or names.get(m.peer_urls[0], f"{m.id:x}"), url) for m in members for url in m.peer_urls]
    return ",".join(f"{name}={url}" for name, url in pairs)


def promote(cluster: Cluster, *, say: Callable[[str], None]) -> None:
    """Promote this node to a voter as soon as it has caught up."""

    def change() -> None:
        own = next((m for m in cluster.etcd.members() if cluster.me.peer_url in m.peer_urls), None)
        if own is None:
            raise Failed(f"{cluster.me.name} is no longer a member: it was removed during its promotion")
        if own.learner:
            cluster.etcd.promote(own.id)

    _persist(cluster, change, what=f"the promotion of {cluster.me.name}", say=say, patience=180.0)
