"""One service that must run, now and after every boot, with known inputs."""

import hashlib
from collections.abc import Iterable

from agent.model.difference import Difference, Impact
from agent.model.wanted import WantedFile
from agent.system.record import Record
from agent.system.services import Services


def fingerprint(*parts: str | WantedFile) -> str:
    """One short digest of several inputs."""
    texts = (part if isinstance(part, str) else f"{part.path}={part.sha256}" for part in parts)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


class Daemon:
    """`restart_on` are inputs that the program reads only at its start; `reload_on` those that a reload applies.

    The inputs of the last start are remembered, because systemd does not know them: a file that was written before a
    power cut but never read by the program counts as a difference.
    """

    def __init__(
        self,
        unit: str,
        *,
        step: str,
        services: Services,
        record: Record,
        restart_on: Iterable[str | WantedFile],
        reload_on: Iterable[str | WantedFile] = (),
    ) -> None:
        self.unit = unit
        self._step = step
        self._services = services
        self._record = record
        self._started_with = fingerprint(*restart_on)
        self._loaded_with = fingerprint(*reload_on)

    def differences(self, *, wanted_active: bool = True) -> list[Difference]:
        """Differences of the service from the plan; `wanted_active` False if it cannot run yet."""
        state, known = self._services.state(self.unit), self._record.read()

        def differs(what: str, wanted: str, found: str, impact: Impact = Impact.NONE) -> Difference:
            return Difference(step=self._step, what=f"{self.unit} {what}", wanted=wanted, found=found, impact=impact)

        found: list[Difference] = []
        if not state.enabled:
            found.append(differs("at boot", "enabled", "not enabled"))
        if not state.active:
            if wanted_active:
                found.append(differs("state", "active", state.found))
        elif known.get("started") != self._started_with:
            found.append(differs("runs with", "the wanted program and unit", "others", Impact.RESTART))
        elif known.get("loaded") != self._loaded_with:
            found.append(differs("runs with", "the wanted configuration", "another one"))
        return found

    def before_change(self) -> None:
        """Forget the inputs if they are about to change, so that an interruption before `converge` is noticed."""
        known = self._record.read()
        if known.get("started") != self._started_with:
            self._record.forget("started", "loaded")
        elif known.get("loaded") != self._loaded_with:
            self._record.forget("loaded")

    def introduce(self, changed: Iterable[str]) -> None:
        """Enable it, and let systemd reload its units if one of the changed files is one."""
        enabled = self._services.state(self.unit).enabled
        if not enabled:
            self._services.enable(self.unit)
        if not enabled or any(path.startswith("/etc/systemd/") for path in changed):
            self._services.reread()

    def must_restart(self) -> bool:
        """Whether it runs, but with outdated inputs."""
        return self._services.state(self.unit).active and self._record.read().get("started") != self._started_with

    def converge(self, *, wait: bool = True, wanted_active: bool = True) -> None:
        """Start, restart or reload it, whichever is the least disruptive and sufficient."""
        state, known = self._services.state(self.unit), self._record.read()
        if not state.active:
            # from now on every start, by this agent or at boot, uses the installed inputs
            self._record.update(started=self._started_with, loaded=self._loaded_with)
            if wanted_active:
                self._services.start(self.unit, wait=wait)
            return
        if known.get("started") != self._started_with:
            self._services.restart(self.unit, wait=wait)
        elif known.get("loaded") != self._loaded_with:
            self._services.reload(self.unit)
        self._record.update(started=self._started_with, loaded=self._loaded_with)
