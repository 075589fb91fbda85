"""The timer of etcd's snapshots, and on one's own hosts the program that it runs."""

from agent.model.difference import Difference
from agent.model.step import Step
from agent.system.files import install
from agent.system.machine import Machine
from agent.system.own_archive import PLACE, own_archive

TIMER = "quorate-backup.timer"
SERVICE = "/etc/systemd/system/quorate-backup.service"


class BackupStep(Step):
    """A timer disturbs nobody: it runs as soon as the node is a member."""

    name = "backup"
    after = frozenset({"etcd"})

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._files = machine.files(self.name)
        self._daemon = machine.daemon(TIMER, step=self.name, restart_on=machine.wanted.of(self.name))
        service = machine.file(SERVICE)
        self._runs_copy = service is not None and PLACE in service.content().decode()

    def differences(self) -> list[Difference]:
        """Files, the agent's copy, and timer. A changed schedule restarts the timer: not the cluster's business."""
        found = self._files.differences() + [
            Difference(step=self.name, what=d.what, wanted=d.wanted, found=d.found) for d in self._daemon.differences()
        ]
        if self._runs_copy and not self._copied():
            found.append(Difference(step=self.name, what=PLACE, wanted="this agent", found="another one, or none"))
        return found

    def apply(self) -> None:
        """Install files and the agent; start or restart the timer."""
        if self._runs_copy and not self._copied():
            install(self._machine.host.path(PLACE), own_archive(), mode=0o644)
        self._daemon.before_change()
        self._daemon.introduce(self._files.install())
        self._daemon.converge()

    def verify(self) -> None:
        """A timer that runs is all there is to see."""

    def _copied(self) -> bool:
        path = self._machine.host.path(PLACE)
        return path.is_file() and path.read_bytes() == own_archive()
