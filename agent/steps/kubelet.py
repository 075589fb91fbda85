"""The kubelet: unit, kubeconfig and serving certificate. Its configuration is written by kubeadm.

A new program does not restart it here: a kubelet may not be newer than its API server (Kubernetes'
version skew policy), so kubeadm's run, which restarts it with the new manifests, loads the new program.
"""

from collections.abc import Callable

from agent.kubernetes.kubelet import CONFIGURATION, UNIT, problem
from agent.model.difference import Difference
from agent.model.step import Step
from agent.system.machine import Machine
from agent.system.waiting import wait_until_healthy

HEALTHY_SECONDS = 60.0


class KubeletStep(Step):
    """The kubelet reads its kubeconfig and its serving certificate when it starts. Containers outlive a restart.

    `due` says that kubeadm is about to write its configuration: the control plane's step then checks whether it runs,
    because otherwise a kubelet that cannot start with its configuration would prevent kubeadm from writing a correct
    one.
    """

    name = "kubelet"
    after = frozenset({"system", "programs"})

    def __init__(self, machine: Machine, *, due: Callable[[], bool]) -> None:
        self._machine = machine
        self._due = due
        self._files = machine.files(self.name)
        self._daemon = machine.daemon(UNIT, step=self.name, restart_on=machine.wanted.of(self.name))

    def differences(self) -> list[Difference]:
        """Files, service and health; it cannot run before kubeadm has configured it."""
        found = [*self._files.differences(), *self._daemon.differences(wanted_active=self._runs())]
        if not found and self._runs() and (seen := problem(self._machine.services)):
            found.append(Difference(step=self.name, what="kubelet", wanted="healthy", found=seen))
        return found

    def apply(self) -> None:
        """Install files; start or restart the kubelet."""
        before = self._daemon.differences(wanted_active=self._runs())
        self._daemon.before_change()
        changed = self._files.install()
        self._daemon.introduce(changed)
        if self._runs() and not before and not changed and problem(self._machine.services):
            self._machine.services.restart(UNIT)
        self._daemon.converge(wanted_active=self._runs())

    def verify(self) -> None:
        """Wait until the kubelet reports that it is healthy."""
        if self._runs():
            wait_until_healthy(lambda: problem(self._machine.services), seconds=HEALTHY_SECONDS, what="the kubelet")

    def _runs(self) -> bool:
        return self._machine.host.path(CONFIGURATION).exists() and not self._due()
