"""A service that runs this agent from a copy on the machine."""

import hashlib
from dataclasses import replace

from agent.model.difference import Difference, Impact
from agent.model.step import Step
from agent.system.files import digest, install
from agent.system.machine import Machine
from agent.system.own_archive import PLACE, own_archive
from agent.system.waiting import wait_until_healthy


class OwnServiceStep(Step):
    """A restart disrupts nothing. The service does not exist if no file of it is planned.

    `unit` is the service, `what` its description.
    """

    unit: str
    what: str

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._place = machine.host.path(PLACE)
        self._files = machine.files(self.name)
        self._wanted = bool(machine.wanted.of(self.name))
        self._agent = own_archive() if self._wanted else b""
        self._sha256 = hashlib.sha256(self._agent).hexdigest()
        self._daemon = machine.daemon(
            self.unit, step=self.name, restart_on=(*machine.wanted.of(self.name), self._sha256)
        )

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
            self._machine.services.disable(self.unit)
            self._machine.services.stop(self.unit)
            self._files.install()
            self._machine.services.reread()
            return
        self._daemon.before_change()
        install(self._place, self._agent, mode=0o644)
        self._daemon.introduce(self._files.install())
        self._daemon.converge()

    def verify(self) -> None:
        """Wait until it runs."""
        if self._wanted:
            wait_until_healthy(self._problem, seconds=10.0, what=self.what)

    def _problem(self) -> str | None:
        state = self._machine.services.state(self.unit)
        return None if state.active else f"{state.found}: {self._machine.services.last_words(self.unit)}"


class ApproverStep(OwnServiceStep):
    """Approves the requests of planned workers."""

    name = "approver"
    after = frozenset({"access"})
    unit = "quorate-approver.service"
    what = "the approver of certificates"


class LeadershipStep(OwnServiceStep):
    """Hands over etcd's leadership while this node's disk is slow."""

    name = "leadership"
    after = frozenset({"etcd"})
    unit = "quorate-leadership.service"
    what = "the watch over etcd's leadership"


OWN_SERVICES = (ApproverStep, LeadershipStep)
