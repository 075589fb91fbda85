"""containerd."""

from agent.model.difference import Difference
from agent.model.step import Step
from agent.system.machine import Machine
from agent.system.waiting import wait_until_healthy

UNIT = "containerd.service"
SOCKET = "/run/containerd/containerd.sock"


class RuntimeStep(Step):
    """containerd runs with the planned configuration."""

    name = "runtime"
    after = frozenset({"system", "programs"})
    patience = 30.0  # seconds

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._host = machine.host
        self._files = machine.files(self.name)
        program = machine.wanted.manifest.program("containerd")
        self._daemon = machine.daemon(UNIT, step=self.name, restart_on=(*machine.wanted.of(self.name), program))

    def differences(self) -> list[Difference]:
        """Compare files and service."""
        return [*self._files.differences(), *self._daemon.differences()]

    def apply(self) -> None:
        """Install files; start or restart containerd."""
        self._daemon.before_change()
        self._daemon.introduce(self._files.install())
        self._daemon.converge()

    def verify(self) -> None:
        """containerd runs and listens."""
        wait_until_healthy(self._problem, seconds=self.patience, what="containerd")

    def _problem(self) -> str | None:
        state = self._machine.services.state(UNIT)
        if not state.active:
            return f"{state.found}: {self._machine.services.last_words(UNIT)}"
        return None if self._host.path(SOCKET).exists() else f"{SOCKET} does not exist"
