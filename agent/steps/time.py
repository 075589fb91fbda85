"""The clock: chrony, unless the machine shares its host's clock."""

from agent.model.difference import Difference
from agent.model.failure import Failed
from agent.model.step import Step
from agent.system.machine import Machine
from agent.system.waiting import wait_until_healthy

UNIT = "chrony.service"
CAP_SYS_TIME = 25  # capabilities(7), linux/capability.h


class TimeStep(Step):
    """Certificates, leases and logs need the same time on all nodes (requirement BOOT-14)."""

    name = "time"
    after = frozenset({"programs"})

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._files = machine.files(self.name)
        self._daemon = machine.daemon(UNIT, step=self.name, restart_on=machine.wanted.of(self.name))
        self._own_clock = self._has_own_clock()

    def differences(self) -> list[Difference]:
        """Files, and the service if the machine has its own clock."""
        found = self._files.differences()
        # a restart of chrony disrupts nothing: no difference of this step needs the cluster's lock
        services = self._daemon.differences() if self._own_clock else []
        return found + [Difference(step=self.name, what=d.what, wanted=d.wanted, found=d.found) for d in services]

    def apply(self) -> None:
        """Install files; start or restart chrony."""
        self._daemon.before_change()
        changed = self._files.install()
        if not self._own_clock:
            self._machine.note(self.name, "the host keeps the time")
            return
        if not self._machine.services.state(UNIT).exists:
            raise Failed("chrony is not installed on this machine: install the distribution's package chrony")
        self._daemon.introduce(changed)
        self._daemon.converge()

    def verify(self) -> None:
        """chrony runs."""
        if self._own_clock:
            wait_until_healthy(self._problem, seconds=10.0, what="chrony")

    def _problem(self) -> str | None:
        state = self._machine.services.state(UNIT)
        return None if state.active else f"{state.found}: {self._machine.services.last_words(UNIT)}"

    def _has_own_clock(self) -> bool:
        if self._machine.host.commands.succeeds("systemd-detect-virt", "--container", "--quiet"):
            return False
        try:
            status = self._machine.host.path("/proc/self/status").read_text()
        except OSError:
            return True
        effective = next((line.split()[1] for line in status.splitlines() if line.startswith("CapEff:")), "0")
        return bool(int(effective, 16) >> CAP_SYS_TIME & 1)
