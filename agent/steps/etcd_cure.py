"""Makes the cluster's lock available again: usable certificates, and an etcd that accepts writes."""

from collections.abc import Callable

from agent.etcd import leaves, space
from agent.etcd.cluster import Cluster
from agent.etcd.members import MemberStatus
from agent.system.machine import Machine


class EtcdCure:
    """`enlarge` restarts this node's member if the plan has a new unit for it, and says whether it had; it calls its
    argument before."""

    def __init__(self, machine: Machine, cluster: Cluster, *, enlarge: Callable[[Callable[[], None]], bool]) -> None:
        self._machine = machine
        self._host = machine.host
        self._cluster = cluster
        self._enlarge = enlarge
        self._leaves = leaves.leaves(machine.wanted.files)

    def apply(self) -> bool:
        """Whether anything was repaired. Raises Failed."""
        renewed = self._renew()
        own = self._cluster.health(self._cluster.me.client_url)
        if not isinstance(own, MemberStatus) or not own.full:
            return renewed
        space.relieve(self._cluster, say=self._say, enlarge=self._enlarge)
        return True

    def _renew(self) -> bool:
        reasons = {path: why for path in self._leaves if (why := leaves.useless(self._host, path))}
        if not reasons and self._refused():
            reasons = {
                path: "is not accepted by any member"
                for path, (file, _) in self._leaves.items()
                if file.content() != self._host.path(path).read_bytes()
            }
        if not reasons:
            return False
        leaves.replace(self._host, [self._leaves[path] for path in reasons])
        for path, why in reasons.items():
            self._say(f"{path} {why}; replaced without the cluster's lock, because etcd reads it at every handshake")
        return True

    def _refused(self) -> bool:
        """Whether etcd works on this node, but no member accepts this node's requests."""
        return self._cluster.look().members is None and self._cluster.follows_a_leader()

    def _say(self, text: str) -> None:
        self._machine.note("etcd", text)
