"""HAProxy or nginx in front of the API servers."""

from pathlib import Path
from typing import Literal

from agent.model.difference import Difference
from agent.model.failure import Failed
from agent.model.step import Step
from agent.model.wanted import WantedFile
from agent.system.commands import CommandFailed
from agent.system.files import install
from agent.system.machine import Machine
from agent.system.probe import accepts
from agent.system.waiting import wait_until_healthy

CONFIGURATION = {"haproxy": "/etc/haproxy/haproxy.cfg", "nginx": "/etc/nginx/nginx.conf"}
CHECK = {"haproxy": ("haproxy", "-c", "-q", "-f"), "nginx": ("nginx", "-t", "-q", "-c")}


class BalancerStep(Step):
    """A configuration that the program rejects never replaces the running one. A change only causes a reload."""

    name = "balancer"
    after = frozenset({"system", "programs"})

    def __init__(self, machine: Machine, program: Literal["haproxy", "nginx"]) -> None:
        self._machine = machine
        self._program = program
        self._files = machine.files(self.name)
        self._daemon = machine.daemon(f"{program}.service", step=self.name, reload_on=machine.wanted.of(self.name))
        self._record = machine.record(self.name)

    def differences(self) -> list[Difference]:
        """Files, service, and a previous balancer that still uses the port."""
        found = [*self._files.differences(), *self._daemon.differences()]
        if previous := self._previous():
            found.append(Difference(step=self.name, what="balancer", wanted=self._program, found=previous))
        return found

    def apply(self) -> None:
        """Install the configuration if the balancer accepts it; start or reload the balancer."""
        if not self._machine.services.state(f"{self._program}.service").exists:
            raise Failed(f"{self._program} is not installed on this machine: install the distribution's package")
        self._daemon.before_change()
        self._daemon.introduce(self._files.install(accept=self._accept))
        if previous := self._previous():
            self._machine.services.disable(f"{previous}.service")
            self._machine.services.stop(f"{previous}.service")
        self._daemon.converge()
        self._record.update(program=self._program)

    def verify(self) -> None:
        """The balancer runs and accepts connections."""
        wait_until_healthy(self._problem, seconds=15.0, what=self._program)

    def _problem(self) -> str | None:
        state = self._machine.services.state(f"{self._program}.service")
        if not state.active:
            return f"{state.found}: {self._machine.services.last_words(f'{self._program}.service')}"
        return accepts("127.0.0.1", self._machine.wanted.manifest.endpoint_port)

    def _previous(self) -> str | None:
        """The other balancer, if this agent has set it up: it would occupy the port."""
        previous = self._record.read().get("program")
        return previous if previous != self._program else None

    def _accept(self, file: WantedFile, place: Path) -> None:
        if file.path != CONFIGURATION[self._program]:
            return
        for other in self._files.wanted:  # the configuration names them, and the check opens them
            if other != file and not self._machine.host.path(other.path).exists():
                install(self._machine.host.path(other.path), other.content(), mode=other.mode)
        draft = place.with_name(f".{place.name}.check.quorate")
        install(draft, file.content(), mode=file.mode)
        try:
            self._machine.host.commands.run(*CHECK[self._program], str(draft), timeout=20.0)
        except CommandFailed as error:
            raise Failed(
                f"{self._program} refuses the new {file.path}, so the old one stays in use: {error.said.strip()}"
            ) from error
        finally:
            draft.unlink(missing_ok=True)
