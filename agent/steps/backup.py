"""The timers of etcd's snapshots and of their proofs, and on hosts the folder and the program that they use."""

from dataclasses import replace

from agent.model.difference import Difference, Impact
from agent.model.failure import Failed
from agent.model.step import Step
from agent.snapshots import folder
from agent.system.files import install, make_directory
from agent.system.machine import Machine
from agent.system.own_archive import PLACE, own_archive

TIMER = "quorate-backup.timer"
PROOF_TIMER = "quorate-proof.timer"
SERVICE = "/etc/systemd/system/quorate-backup.service"
MARKED = "marked"  # in the record: the folder that has its mark


class BackupStep(Step):
    """A timer does not affect clients, so it runs as soon as the node is a member."""

    name = "backup"
    after = frozenset({"etcd"})

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._files = machine.files(self.name)
        self._record = machine.record(self.name)
        timers = [TIMER, *([PROOF_TIMER] if machine.file(f"/etc/systemd/system/{PROOF_TIMER}") else [])]
        self._daemons = [
            machine.daemon(
                timer, step=f"{self.name}-{timer}" if timer != TIMER else self.name, restart_on=self._files.wanted
            )
            for timer in timers
        ]
        service = machine.file(SERVICE)
        self._runs_copy = service is not None and PLACE in service.content().decode()
        self._directory = folder.directory(machine.wanted.directory)

    def differences(self) -> list[Difference]:
        """Files, the agent's copy, timers and the folder's mark. A changed schedule restarts only a timer."""
        daemons = [difference for daemon in self._daemons for difference in daemon.differences()]
        found = self._files.differences() + [replace(d, step=self.name, impact=Impact.NONE) for d in daemons]
        if self._runs_copy and not self._copied():
            found.append(Difference(step=self.name, what=PLACE, wanted="this agent", found="a different mark, or none"))
        if self._directory and not self._mark_exists():
            found.append(
                Difference(step=self.name, what=self._directory, wanted=f"with its mark {folder.MARK}", found="without")
            )
        return found

    def apply(self) -> None:
        """Install files and the agent; mark the folder; start or restart the timers."""
        if self._runs_copy and not self._copied():
            install(self._machine.host.path(PLACE), own_archive(), mode=0o644)
        for daemon in self._daemons:
            daemon.before_change()
        changed = self._files.install()
        for daemon in self._daemons:
            daemon.introduce(changed)
        for daemon in self._daemons:
            daemon.converge()
        if self._directory:
            self._mark(self._directory)

    def verify(self) -> None:
        """Check that the timers run; there is nothing else to check."""

    def _mark(self, directory: str) -> None:
        if self._mark_exists():
            self._record.update(**{MARKED: directory})
            return
        if self._record.read().get(MARKED) == directory:
            raise Failed(folder.lost_mark(directory))
        make_directory(self._machine.host.path(directory), mode=0o700)
        install(self._machine.host.path(directory) / folder.MARK, b"", mode=0o600)
        self._record.update(**{MARKED: directory})

    def _mark_exists(self) -> bool:
        return (self._machine.host.path(self._directory or "") / folder.MARK).exists()

    def _copied(self) -> bool:
        path = self._machine.host.path(PLACE)
        return path.is_file() and path.read_bytes() == own_archive()
