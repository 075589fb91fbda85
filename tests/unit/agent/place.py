"""A machine under a temporary directory: real files and processes, fakes only where the operating system begins."""

import hashlib
import json
import os
import stat
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent.model.difference import Difference
from agent.model.events import Events
from agent.model.wanted import Wanted, read
from agent.system.commands import Commands
from agent.system.host import Host
from agent.system.machine import Machine
from agent.system.memory import Memory
from agent.system.services import Services

FAKES = Path(__file__).parent / "fakes"
MANIFEST: dict[str, object] = {
    "cluster": "test",
    "node": {"name": "cp1", "address": "127.0.0.1"},
    "role": "control-plane",
    "members": [],
    "hosts": [],
    "endpoint": {"name": "api.test", "port": 8443, "address": None},
    "balancer": None,
    "virtualIp": None,
    "kubernetesVersion": "1.36.3",
    "etcdVersion": "3.6.10",
    "skipPhases": [],
    "artifacts": {"source": "store", "store": "file:///opt/store", "digests": []},
}


@dataclass(frozen=True)
class Wish:
    """A file of the wanted directory."""

    path: str
    content: str
    step: str
    mode: int = 0o644
    secret: bool = False


@dataclass
class Place:
    """One machine. `heard` are the events of its agent."""

    folder: Path
    heard: list[dict[str, object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for path in (self.root / "etc", self.root / "proc", self.units, self.programs):
            path.mkdir(parents=True, exist_ok=True)

    @property
    def root(self) -> Path:
        return self.folder / "root"

    @property
    def units(self) -> Path:
        return self.folder / "units"

    @property
    def programs(self) -> Path:
        return self.folder / "programs"

    @property
    def host(self) -> Host:
        environment = {"FAKE_ROOT": str(self.root), "FAKE_UNITS": str(self.units)}
        path = f"{self.programs}:{FAKES}:{os.environ['PATH']}"
        return Host(root=self.root, commands=Commands(path=path, environment=environment))

    @property
    def events(self) -> Events:
        return Events(lambda line: self.heard.append(json.loads(line)))

    def file(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    def program(self, name: str, script: str) -> None:
        """A program on the machine's PATH."""
        _executable(self.programs / name, script)

    def service(self, name: str, script: str = "exec sleep 600") -> None:
        """A unit that exists; `script` is what runs as its service."""
        (self.units / name).mkdir(exist_ok=True)
        _executable(self.units / name / "run", script)

    def wait_for_end(self, name: str) -> None:
        """Wait until a unit whose script ends by itself has ended. Raises AssertionError after ten seconds."""
        services, deadline = Services(self.host), time.monotonic() + 10
        while services.state(name).active:
            assert time.monotonic() < deadline, f"{name} still runs"
            time.sleep(0.01)

    def orders(self) -> list[str]:
        """The calls of systemctl, in order."""
        log = self.units / "log"
        return log.read_text().splitlines() if log.exists() else []

    def wanted(self, files: Sequence[Wish] = (), *, may_begin: bool = False, **manifest: object) -> Wanted:
        """What the provider would send."""
        directory = self.folder / "wanted"
        (directory / "files").mkdir(parents=True, exist_ok=True)
        (directory / "node.json").write_text(json.dumps({**MANIFEST, **manifest}))
        (directory / "run.json").write_text(json.dumps({"bootstrap": may_begin}))
        listing = []
        for index, wish in enumerate(files):
            (directory / f"files/{index}").write_text(wish.content)
            listing.append(
                {
                    "path": wish.path,
                    "mode": wish.mode,
                    "step": wish.step,
                    "sha256": hashlib.sha256(wish.content.encode()).hexdigest(),
                    "secret": wish.secret,
                    "content": f"files/{index}",
                }
            )
        (directory / "files.json").write_text(json.dumps(listing))
        return read(directory)

    def machine(self, files: Sequence[Wish] = (), *, may_begin: bool = False, **manifest: object) -> Machine:
        """The machine and what it should be."""
        wanted = self.wanted(files, may_begin=may_begin, **manifest)
        host = self.host
        previous = Memory(host).previous_files()
        return Machine(host=host, wanted=wanted, previous=previous, services=Services(host), events=self.events)

    def notes(self) -> list[str]:
        return [str(event["text"]) for event in self.heard if event["event"] == "step" and event["text"]]

    def end(self) -> None:
        """End every process that was started as a service here."""
        for pid in self.units.glob("*/pid"):
            name = pid.parent.name
            self.host.commands.succeeds("systemctl", "kill", name)


def _executable(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def remember(place: Place, files: Sequence[Wish], **manifest: object) -> None:
    """What a successful run leaves behind."""
    memory = Memory(place.host)
    memory.begin(place.wanted(files, may_begin=False, **manifest))
    memory.succeed()


def named(differences: Sequence[Difference]) -> Mapping[str, Difference]:
    """Differences by what differs."""
    return {difference.what: difference for difference in differences}
