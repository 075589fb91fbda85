"""This machine and its planned state, which every step gets."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.model.events import Events
from agent.model.wanted import Wanted, WantedFile
from agent.system.daemon import Daemon
from agent.system.host import Host
from agent.system.owned_files import OwnedFiles
from agent.system.record import Record
from agent.system.services import Services


@dataclass(frozen=True, kw_only=True)
class Machine:
    """`previous` are the paths that the last successful run installed, by step; `ticket`: a join token or ''."""

    host: Host
    wanted: Wanted
    previous: Mapping[str, tuple[str, ...]]
    services: Services
    events: Events
    ticket: str = field(default="", repr=False)

    def files(self, step: str) -> OwnedFiles:
        """The files of a step."""
        return OwnedFiles(self.host, step, self.wanted.of(step), self.previous.get(step, ()))

    def file(self, path: str) -> WantedFile | None:
        """The planned file of that name."""
        return next((file for file in self.wanted.files if file.path == path), None)

    def record(self, name: str) -> Record:
        """The record of a step."""
        return Record(self.host, name)

    def note(self, step: str, text: str) -> None:
        """Report progress of a step to the caller."""
        self.events.step(step, "applying", text)

    def units(self, step: str, unit: str) -> tuple[WantedFile, ...]:
        """The unit file of a service and its drop-ins, among the files of a step."""
        return tuple(
            file
            for file in self.wanted.of(step)
            if file.path.startswith("/etc/systemd/system/") and f"/{unit}.service" in file.path
        )

    def daemon(
        self,
        unit: str,
        *,
        step: str,
        restart_on: tuple[str | WantedFile, ...] = (),
        reload_on: tuple[str | WantedFile, ...] = (),
    ) -> Daemon:
        """A service whose start is remembered in the step's record."""
        return Daemon(
            unit,
            step=step,
            services=self.services,
            record=self.record(step),
            restart_on=restart_on,
            reload_on=reload_on,
        )
