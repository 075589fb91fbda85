"""The pod network `routed`: CNI configuration, routes to the pods of the other nodes, masquerading."""

from dataclasses import replace

from agent.kubernetes import pod_network
from agent.kubernetes.pod_network import ROUTES, UNIT
from agent.model.difference import Difference, Impact
from agent.model.failure import NotHealthy
from agent.model.step import Step
from agent.system.machine import Machine

SERVICE, TIMER = f"{UNIT}.service", f"{UNIT}.timer"
CONFLIST = "/etc/cni/net.d/10-quorate.conflist"


class PodNetworkStep(Step):
    """Routes change without disruption; another CNI configuration is applied one node at a time.

    If another pod network is planned, everything of this one is removed.
    """

    name = "pod-network"
    after = frozenset({"system", "programs"})

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._host = machine.host
        self._files = machine.files(self.name)
        self._wanted = bool(machine.wanted.of(self.name))
        self._daemon = machine.daemon(TIMER, step=self.name, restart_on=machine.wanted.of(self.name))

    def differences(self) -> list[Difference]:
        """Files, timer, routes and rules."""
        found = [self._weighed(difference) for difference in self._files.differences()]
        if not self._wanted:
            return found
        # The restart of a timer disrupts nothing.
        found += [replace(difference, impact=Impact.NONE) for difference in self._daemon.differences()]
        return [*found, *self._kernel()]

    def apply(self) -> None:
        """Install files, set routes and rules, remove those of removed nodes."""
        if not self._wanted:
            self._machine.services.disable(TIMER)
            self._machine.services.stop(TIMER)
            pod_network.release(self._host)
            self._files.install()
            self._machine.services.reread()
            return
        self._daemon.before_change()
        self._daemon.introduce(self._files.install())
        self._machine.services.start(SERVICE)
        self._daemon.converge()
        for route in pod_network.present(self._host) - self._routes():
            pod_network.forget(self._host, route)

    def verify(self) -> None:
        """Check that the kernel has the planned routes and rules."""
        if self._wanted and (left := self._kernel()):
            raise NotHealthy(f"the pod network differs from the plan: {left[0]}")

    def _weighed(self, difference: Difference) -> Difference:
        replaces = difference.what == CONFLIST and self._host.path(CONFLIST).exists()
        return replace(difference, impact=Impact.RESTART) if replaces else difference

    def _routes(self) -> frozenset[pod_network.Route]:
        file = self._machine.file(ROUTES)
        return pod_network.planned(file.content().decode()) if file else frozenset()

    def _kernel(self) -> list[Difference]:
        wanted, present = self._routes(), pod_network.present(self._host)
        found = [self._differs(f"route to {r.to}", f"via {r.via}", "none") for r in sorted(wanted - present)]
        found += [self._differs(f"route to {r.to}", "none", f"via {r.via}") for r in sorted(present - wanted)]
        if not pod_network.masquerades(self._host):
            found.append(self._differs("masquerading of pods", "on", "off"))
        found += [
            self._differs(f"packets of pods in {chain}", "accepted", "dropped by its policy")
            for chain in pod_network.dropping(self._host)
        ]
        return found

    def _differs(self, what: str, wanted: str, found: str) -> Difference:
        return Difference(step=self.name, what=what, wanted=wanted, found=found)
