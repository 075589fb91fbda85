"""etcd: this node's member runs with the planned unit and votes, and every other member is a planned one."""

import time
from collections.abc import Callable

from agent.etcd import changes, metrics
from agent.etcd.cluster import Cluster
from agent.etcd.data import JOIN, DataDirectory
from agent.etcd.membership import Action, Data, Decision, View, decide
from agent.etcd.stalled_join import restart_if_stalled
from agent.kubernetes.dependent import Dependent
from agent.model.difference import Difference, Impact
from agent.model.failure import NotHealthy
from agent.model.step import Step
from agent.pki.certificate import NotACertificate, from_text
from agent.steps.etcd_cure import EtcdCure
from agent.system.machine import Machine
from agent.system.ports import require_free
from agent.system.probe import served_certificate
from agent.system.waiting import wait_until_healthy

UNIT = "etcd.service"
PKI = "/etc/kubernetes/pki/etcd"
CLIENT_PORT, PEER_PORT = 2379, 2380
QUORUM_SECONDS = 300.0  # for the other nodes of a cluster to return, before a lost member may join again


class EtcdStep(Step):
    """etcd reads its unit, program and authority at every start, cluster.env only at its very first start, and its
    leaves at every handshake, so new leaves need no restart.
    """

    name = "etcd"
    after = frozenset({"system", "programs"})
    patience = 180.0  # seconds until the member is healthy: its peers may still be installing

    def __init__(self, machine: Machine, cluster: Cluster) -> None:
        self._machine = machine
        self._cluster = cluster
        self._files = machine.files(self.name)
        self._data = DataDirectory(machine.host)
        self._dependent = Dependent(
            machine.host, machine.wanted.manifest.address, delay=machine.wanted.manifest.shutdown_delay
        )
        self._asked_to_leave = False
        authority = machine.file(f"{PKI}/ca.crt")
        self._daemon = machine.daemon(
            UNIT,
            step=self.name,
            restart_on=(
                *machine.units(self.name, "etcd"),
                *((authority,) if authority else ()),
                machine.wanted.manifest.program("etcd"),
            ),
        )

    def differences(self) -> list[Difference]:
        """Compare files, service, and the membership of this node and of all others."""
        view = self._cluster.look()
        decision = self._decide(view)
        found = self._files.differences()
        if not self._data.guarded():
            found.append(self._differs("guard of the data directory", "in place", "missing"))
        if decision.action is Action.START:
            found += self._daemon.differences()
            own = view.member_of(self._cluster.me)
            if own and own.learner:
                found.append(self._differs("own member", "a voter", "a learner", Impact.MEMBERSHIP))
            if not found and (seen := self._problem()):
                found.append(self._differs("own member", "healthy", seen))
        else:
            impact = Impact.NONE if decision.action is Action.BOOTSTRAP else Impact.MEMBERSHIP
            found.append(self._differs("own member", decision.action.value, decision.why, impact))
        return found + [
            self._differs(f"member {gone.name or gone.peer_urls[0]}", "not a member", "a member", Impact.MEMBERSHIP)
            for gone in changes.abandoned(self._cluster, view.members or ())
        ]

    def cure(self) -> bool:
        """Replace certificates that cannot be used, and make room in a database that is full."""
        if self._data.state() is not Data.PRESENT:
            return False
        return EtcdCure(self._machine, self._cluster, enlarge=self._enlarge).apply()

    def apply(self) -> None:
        """Start, restart, bootstrap or join, according to the decision; then correct the member list."""
        if not self._machine.services.state(UNIT).active:
            # a member that is added but cannot start lowers the fault tolerance of the others
            require_free(CLIENT_PORT, PEER_PORT, metrics.PORT, root=self._machine.host.root)
        self._daemon.before_change()
        changed = self._files.install()
        if not self._data.guarded():
            changed = (*changed, self._data.guard())
        self._daemon.introduce(changed)
        decision = self._settle_decision()
        if decision.action is Action.START:
            self._start()
        elif decision.action is Action.BOOTSTRAP:
            self._begin(join=None)
        else:
            self._join(decision)
        if self._cluster.look().members is not None:
            self._finish_membership()

    def verify(self) -> None:
        """Check that the member follows a leader, votes and serves its current certificate."""
        wait_until_healthy(self._problem, seconds=self.patience, what="etcd of this node")
        self._data.settled()
        if self._asked_to_leave:  # the next node only starts when this one serves again
            wait_until_healthy(self._dependent.problem, seconds=self.patience, what="the API server of this node")

    def _say(self, text: str) -> None:
        self._machine.note(self.name, text)

    def _differs(self, what: str, wanted: str, found: str, impact: Impact = Impact.NONE) -> Difference:
        return Difference(step=self.name, what=what, wanted=wanted, found=found, impact=impact)

    def _decide(self, view: View) -> Decision:
        return decide(view=view, me=self._cluster.me, data=self._data.state(), may_begin=self._machine.wanted.may_begin)

    def _settle_decision(self) -> Decision:
        deadline = time.monotonic() + QUORUM_SECONDS
        shown = ""
        while (decision := self._decide(self._cluster.look())).action is Action.WAIT:
            self._cluster.give_way()
            if time.monotonic() > deadline:
                raise NotHealthy(f"{decision.why}; there was no quorum for {QUORUM_SECONDS:.0f} s")
            if decision.why != shown:
                self._say(f"waiting: {decision.why}")
                shown = decision.why
            time.sleep(1.0)
        return decision

    def _start(self, *, wait: bool = False) -> None:
        if self._daemon.must_restart():
            self._asked_to_leave = self._dependent.leave()
            if leader := self._cluster.hand_over():
                self._say(f"leadership handed over to {leader}")
        # systemd's own wait would last until there is a quorum, without saying what is missing
        self._daemon.converge(wait=wait)

    def _enlarge(self, before: Callable[[], None]) -> bool:
        self._daemon.before_change()
        self._daemon.introduce(self._files.install())
        if not self._daemon.must_restart():
            return False
        before()
        self._start(wait=True)  # until then the previous process still answers, with its quota
        wait_until_healthy(self._silence, seconds=self.patience, what="etcd of this node")
        return True

    def _silence(self) -> str | None:
        status = self._cluster.health(self._cluster.me.client_url)
        return status if isinstance(status, str) else None

    def _begin(self, *, join: str | None) -> None:
        self._data.permit_first_start(join)
        self._machine.events.member_begun()
        self._daemon.converge(wait=False)

    def _join(self, decision: Decision) -> None:
        self._say(decision.why)
        self._machine.services.stop(UNIT)
        if decision.action is Action.EXPELLED and self._data.state() is Data.PRESENT:
            self._say(f"the previous data is kept in {self._data.set_aside()}")
        if decision.action is Action.REPLACE and decision.old:
            changes.replace(self._cluster, decision.old, say=self._say)
        members = changes.add(self._cluster, say=self._say)
        cluster = changes.initial_cluster(members, self._cluster.wanted)
        self._begin(join=f"ETCD_INITIAL_CLUSTER={cluster}\nETCD_INITIAL_CLUSTER_STATE=existing\n")
        self._say(f"started as a learner with {JOIN}")
        services = self._machine.services
        if restart_if_stalled(
            starting=lambda: services.state(UNIT).found.startswith("activating"),
            metrics=metrics.text,
            restart=lambda: services.restart(UNIT, wait=False),
        ):
            self._say("restarted: it had its data, but waited for a request that had already been applied")
        changes.promote(self._cluster, say=self._say)

    def _finish_membership(self) -> None:
        own = self._cluster.look().member_of(self._cluster.me)
        if own and own.learner:
            changes.promote(self._cluster, say=self._say)
        if kept := changes.remove_abandoned(self._cluster, say=self._say):
            self._say(f"{', '.join(kept)} must stay members until enough wanted ones are healthy")

    def _problem(self) -> str | None:
        status = self._cluster.health(self._cluster.me.client_url)
        if isinstance(status, str):
            state = self._machine.services.state(UNIT)
            # a member that cannot read its log or its certificate exits repeatedly and says why
            words = "" if state.active else f"; its last log lines: {self._machine.services.last_words(UNIT, lines=3)}"
            return f"{status} (service {state.found}; {self._peers()}{words})"
        if status.learner or status.errors:
            return "it is still a learner" if status.learner else f"it reports {'; '.join(status.errors)}"
        return self._stale_certificate()

    def _peers(self) -> str:
        others = [m for m in self._cluster.wanted if m != self._cluster.me]
        silent = [m.name for m in others if not self._cluster.etcd.traces([m.peer_url])]
        return f"no response from {', '.join(silent)}" if silent else "all other members respond"

    def _stale_certificate(self) -> str | None:
        try:
            installed = from_text(self._machine.host.path(f"{PKI}/server.crt").read_text())
        except (OSError, NotACertificate) as error:
            return str(error)
        served = served_certificate(self._machine.wanted.manifest.address, CLIENT_PORT)
        if isinstance(served, str):
            return served
        return None if served.serial == installed.serial else "etcd still serves its previous certificate"
