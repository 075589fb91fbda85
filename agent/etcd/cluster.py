"""The etcd cluster as one node sees it."""

import time
from collections.abc import Callable
from pathlib import Path

from agent.etcd import metrics
from agent.etcd.client import EtcdClient
from agent.etcd.failures import Failures
from agent.etcd.gateway import Credentials, EtcdRefused, Gateway, Unreachable
from agent.etcd.leaves import authority_ended
from agent.etcd.lock import ClusterLock
from agent.etcd.members import EtcdMember, MemberStatus
from agent.etcd.membership import View
from agent.model.events import Events
from agent.model.failure import Failed, NotHealthy
from agent.model.wanted import Member, Wanted
from agent.system.host import Host

PKI = "/etc/kubernetes/pki/etcd"
UNDER_WAY = "/run/quorate/restore-under-way"  # gone after a reboot
ELECTION_PATIENCE = 20.0  # an election takes about two election timeouts; slow machines take longer
SPARE_PATIENCE = 120.0  # seconds to wait until enough other members are healthy


def is_being_restored(host: Host) -> bool:
    """Whether a restore has stopped, or is about to stop, etcd on this machine."""
    return host.path(UNDER_WAY).exists()


def quorum(members: int) -> int:
    """Members that must agree: more than half of all."""
    return members // 2 + 1


def credentials(host: Host, wanted: Wanted) -> Callable[[], Credentials]:
    """The installed client certificate; on a new machine the one that will be installed."""
    sent = {file.path: file.source for file in wanted.files}

    def choose() -> Credentials:
        names = (f"{PKI}/ca.crt", f"{PKI}/healthcheck-client.crt", f"{PKI}/healthcheck-client.key")
        installed = [host.path(name) for name in names]
        complete = all(path.exists() for path in installed)
        paths: list[Path] = installed if complete else [sent.get(n, p) for n, p in zip(names, installed, strict=True)]
        return Credentials(authority=paths[0], certificate=paths[1], key=paths[2])

    return choose


class Cluster:
    """`me` is this node's own membership; `restoring` says whether a restore is under way on this node;
    `authority_ended` says when the authority that members trust expired, None while it is valid."""

    def __init__(
        self,
        etcd: EtcdClient,
        *,
        me: Member,
        wanted: tuple[Member, ...],
        restoring: Callable[[], bool] = lambda: False,
        authority_ended: Callable[[], str | None] = lambda: None,
    ) -> None:
        self.etcd = etcd
        self.me = me
        self.wanted = wanted
        self._restoring = restoring
        self.authority_ended = authority_ended
        self._turn: ClusterLock | None = None
        self.failures = Failures(etcd, me=me.name, others=[member.name for member in wanted if member != me])

    def look(self) -> View:
        """The member list from the quorum, or else from single members. Raises EtcdRefused."""
        try:
            return View(members=self.etcd.members())
        except Unreachable:
            return View(members=None, traces=self.etcd.traces([member.peer_url for member in self.wanted]))

    def members(self, *, patience: float = ELECTION_PATIENCE) -> tuple[EtcdMember, ...]:
        """The member list from the quorum, also right after a change that made an election necessary.

        Raises NotHealthy.
        """
        deadline = time.monotonic() + patience
        while (members := self.look().members) is None:
            if time.monotonic() > deadline:
                raise NotHealthy(f"etcd has had no quorum for {patience:.0f} s")
            time.sleep(0.2)
        return members

    def give_way(self) -> None:
        """Raises Failed during a restore, which restores the quorum itself."""
        if self._restoring():
            raise Failed("etcd has no quorum; a restore is under way: complete it, then run this again")

    def follows_a_leader(self) -> bool:
        """Whether the member on this node reports a leader. The request needs no certificate."""
        try:
            return metrics.value(metrics.text(), metrics.HAS_LEADER) == 1
        except (OSError, KeyError):
            return False

    def health(self, client_url: str) -> MemberStatus | str:
        """A member's status, or the reason why it is not considered healthy."""
        try:
            status = self.etcd.status(client_url)
        except (Unreachable, EtcdRefused) as error:
            return str(error)
        return status if status.leader else "it follows no leader"

    def healthy_others(self, members: tuple[EtcdMember, ...]) -> tuple[EtcdMember, ...]:
        """The voters besides this node that currently follow a leader."""
        return tuple(
            m
            for m in members
            if m.client_urls
            and not m.learner
            and self.me.peer_url not in m.peer_urls
            and isinstance(self.health(m.client_urls[0]), MemberStatus)
        )

    def await_spare(self, *, say: Callable[[str], None], patience: float = SPARE_PATIENCE) -> None:
        """Wait until the cluster keeps its quorum without this node. Raises NotHealthy."""
        deadline = time.monotonic() + patience
        while True:
            seen = self._lacks_spare(self.look().members)
            if seen is None:
                return
            if time.monotonic() > deadline:
                raise NotHealthy(f"{seen}; repair the other members first, then run it again")
            say(seen)
            time.sleep(2.0)

    def _lacks_spare(self, members: tuple[EtcdMember, ...] | None) -> str | None:
        if members is None:
            return "etcd has no quorum at the moment"
        voters = [member for member in members if not member.learner]
        others = self.healthy_others(members)
        alone = len(voters) == 1 and self.me.peer_url in voters[0].peer_urls
        if alone or len(others) >= quorum(len(voters)):
            return None
        return (
            f"{len(others)} of {len(voters)} voting members are healthy besides this node, "
            f"but {quorum(len(voters))} are needed while it is being changed"
        )

    def hand_over(self) -> str | None:
        """Move leadership to a healthy voter if this node leads; the new leader's name, None if this node does not
        lead.
        """
        view = self.look()
        # a leader with a slow disk may fail to respond with a quorum; its own list, or another member's, is used then
        members = view.members or next(iter(view.traces), ())
        status = self.health(self.me.client_url)
        if not isinstance(status, MemberStatus) or status.leader != status.id:
            return None
        for candidate in self.healthy_others(members):
            try:
                self.etcd.move_leader(leader_url=self.me.client_url, to=candidate.id)
            except Failed:
                continue
            return candidate.name
        return None

    def lock(self, events: Events, *, patience: float = 1800.0) -> ClusterLock:
        """The cluster's lock, without taking it."""
        self._turn = ClusterLock(self.etcd, holder=self.me.name, events=events, patience=patience)
        return self._turn

    def check_turn(self) -> None:
        """Raises LockLost if this node held the lock and may have lost it."""
        if self._turn is not None:
            self._turn.check()


def open_cluster(host: Host, wanted: Wanted) -> Cluster | None:
    """The lock; None on a machine that is not a member (a dedicated balancer)."""
    me = wanted.manifest.member
    if me is None or wanted.manifest.role != "control-plane":
        return None
    urls = [me.client_url, *(m.client_url for m in wanted.manifest.members if m != me)]
    gateway = Gateway(urls, credentials(host, wanted), timeout=2.0)
    return Cluster(
        EtcdClient(gateway),
        me=me,
        wanted=wanted.manifest.members,
        restoring=lambda: is_being_restored(host),
        authority_ended=lambda: authority_ended(host),
    )
