"""The timer of etcd's snapshots."""

from node.difference import Difference
from node.machine import Machine
from node.step import Step

TIMER = "quorate-backup.timer"


class BackupStep(Step):
    """A timer disturbs nobody: it runs as soon as the node is a member."""

    name = "backup"
    after = frozenset({"etcd"})

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._files = machine.files(self.name)
        self._daemon = machine.daemon(TIMER, step=self.name, restart_on=machine.wanted.of(self.name))

    def differences(self) -> list[Difference]:
        """Files and timer. A changed schedule restarts the timer, which is not the cluster's business."""
        return self._files.differences() + [
            Difference(step=self.name, what=d.what, wanted=d.wanted, found=d.found) for d in self._daemon.differences()
        ]

    def apply(self) -> None:
        """Install files; start or restart the timer."""
        self._daemon.before_change()
        if self._files.install():
            self._machine.services.reread()
        self._daemon.converge()

    def verify(self) -> None:
        """A timer that runs is all there is to see."""
