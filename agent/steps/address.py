"""Keepalived: the address that moves to a host with a running balancer."""

from pathlib import Path

from agent.model.difference import Difference
from agent.model.failure import Failed
from agent.model.step import Step
from agent.model.wanted import WantedFile
from agent.system.commands import CommandFailed
from agent.system.files import install
from agent.system.machine import Machine
from agent.system.waiting import wait_until_healthy

UNIT = "keepalived.service"
CONFIGURATION = "/etc/keepalived/keepalived.conf"


class AddressStep(Step):
    """A change is a reload: an owner of the address keeps it."""

    name = "address"
    after = frozenset({"balancer"})

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._files = machine.files(self.name)
        self._daemon = machine.daemon(UNIT, step=self.name, reload_on=machine.wanted.of(self.name))

    def differences(self) -> list[Difference]:
        """Compare files and service."""
        return [*self._files.differences(), *self._daemon.differences()]

    def apply(self) -> None:
        """Install the configuration if keepalived accepts it; start or reload keepalived."""
        if not self._machine.services.state(UNIT).exists:
            raise Failed("keepalived is not installed on this machine: install the distribution's package")
        self._daemon.before_change()
        self._daemon.introduce(self._files.install(accept=self._accept))
        self._daemon.converge()

    def verify(self) -> None:
        """keepalived runs."""
        wait_until_healthy(self._problem, seconds=10.0, what="keepalived")

    def _problem(self) -> str | None:
        state = self._machine.services.state(UNIT)
        return None if state.active else f"{state.found}: {self._machine.services.last_words(UNIT)}"

    def _accept(self, file: WantedFile, place: Path) -> None:
        if file.path != CONFIGURATION:
            return
        for other in self._files.wanted:  # the configuration names the check script, which must exist
            if other != file and not self._machine.host.path(other.path).exists():
                install(self._machine.host.path(other.path), other.content(), mode=other.mode)
        draft = place.with_name(f".{place.name}.check.quorate")
        install(draft, file.content(), mode=file.mode)
        try:
            self._machine.host.commands.run("keepalived", "--config-test", "--use-file", str(draft), timeout=20.0)
        except CommandFailed as error:
            raise Failed(
                f"keepalived refuses the new {file.path}, so the old one stays in use: {error.said.strip()}"
            ) from error
        finally:
            draft.unlink(missing_ok=True)
