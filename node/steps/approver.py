"""The program that approves what planned workers ask for: this agent itself, kept on the machine."""

import hashlib
from dataclasses import replace

from node.difference import Difference, Impact
from node.files import digest, install
from node.machine import Machine
from node.own_archive import PLACE, own_archive
from node.services import ServiceState
from node.step import Step
from node.waiting import wait_until_healthy

UNIT = "quorate-approver.service"


class ApproverStep(Step):
    """A restart of it disturbs nobody. Without workers there is none."""

    name = "approver"
    after = frozenset({"access"})

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._place = machine.host.path(PLACE)
        self._files = machine.files(self.name)
        self._wanted = bool(machine.wanted.of(self.name))
        self._agent = own_archive() if self._wanted else b""
        self._sha256 = hashlib.sha256(self._agent).hexdigest()
        self._daemon = machine.daemon(UNIT, step=self.name, restart_on=(*machine.wanted.of(self.name), self._sha256))

    def differences(self) -> list[Difference]:
        """Files, program, service."""
        found = self._files.differences()
        if not self._wanted:
            return found
        if digest(self._place) != self._sha256:
            found.append(Difference(step=self.name, what=PLACE, wanted=self._sha256[:12], found="another or none"))
        return found + [replace(difference, impact=Impact.NONE) for difference in self._daemon.differences()]

    def apply(self) -> None:
        """Install; start or restart."""
        if not self._wanted:
            self._machine.services.disable(UNIT)
            self._machine.services.stop(UNIT)
            self._files.install()
            self._machine.services.reread()
            return
        self._daemon.before_change()
        install(self._place, self._agent, mode=0o644)
        self._daemon.introduce(self._files.install())
        self._daemon.converge()

    def verify(self) -> None:
        """It runs."""
        if self._wanted:
            wait_until_healthy(self._ailment, seconds=10.0, what="the approver of certificates")

    def _ailment(self) -> str | None:
        state: ServiceState = self._machine.services.state(UNIT)
        return None if state.active else f"{state.found}: {self._machine.services.last_words(UNIT)}"
