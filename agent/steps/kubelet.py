"""The kubelet: unit, kubeconfig and serving certificate. Its configuration is written by kubeadm.

Its program is not among what it is restarted for here: a kubelet may not be newer than its API server (Kubernetes'
version skew policy), so kubeadm's run, which stops it and starts it again beside the new manifests, takes that in.
"""

from agent.model.difference import Difference
from agent.model.step import Step
from agent.system.machine import Machine
from agent.system.probe import loopback
from agent.system.waiting import wait_until_healthy

UNIT = "kubelet.service"
CONFIGURATION = "/var/lib/kubelet/config.yaml"
HEALTH_PORT = 10248  # the kubelet's default healthzPort, on loopback


class KubeletStep(Step):
    """The kubelet reads its kubeconfig and its serving certificate when it starts. Containers outlive a restart."""

    name = "kubelet"
    after = frozenset({"system", "programs"})

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._files = machine.files(self.name)
        self._daemon = machine.daemon(UNIT, step=self.name, restart_on=machine.wanted.of(self.name))

    def differences(self) -> list[Difference]:
        """Files and service; it cannot run before kubeadm has configured it."""
        return [*self._files.differences(), *self._daemon.differences(wanted_active=self._configured())]

    def apply(self) -> None:
        """Install files; start or restart the kubelet."""
        self._daemon.before_change()
        self._daemon.introduce(self._files.install())
        self._daemon.converge(wanted_active=self._configured())

    def verify(self) -> None:
        """The kubelet says that it is healthy."""
        if self._configured():
            wait_until_healthy(self._ailment, seconds=60.0, what="the kubelet")

    def _configured(self) -> bool:
        return self._machine.host.path(CONFIGURATION).exists()

    def _ailment(self) -> str | None:
        try:
            said = loopback(HEALTH_PORT, "/healthz")
        except OSError as error:
            return f"{error}; its last words: {self._machine.services.last_words(UNIT, lines=3)}"
        return None if said == "ok" else f"/healthz says {said[:200]}"
