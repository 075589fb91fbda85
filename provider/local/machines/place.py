"""Paths of machines: state that belongs to the host, and a cache of built files that belongs to the user."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from provider.local.machines.unable import Unable

STATE = Path("/var/lib/quorate")
RUNTIME = Path("/run/quorate")
PROJECT = Path(__file__).resolve().parents[3]

# A name becomes a host name (RFC 1123) and, with the fleet, a cgroup and a network interface.
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?")


def cache() -> Path:
    """The folder for things that are built once per user (XDG Base Directory Specification)."""
    given = os.environ.get("QUORATE_CACHE")
    if given:
        return Path(given).absolute()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).absolute() / "quorate"


def check_name(kind: str, name: str) -> None:
    """Reject a name that cannot be a host name or would escape its folder. Raises `Unable`."""
    if not _NAME.fullmatch(name):
        raise Unable(
            f"the name of a {kind} has 1 to 32 lower-case letters, digits and inner hyphens",
            got=repr(name),
            why="it becomes a host name, a folder and a control group",
            fix="choose a name such as cp1",
        )


def fleet_folder(fleet: str) -> Path:
    """The paths of one fleet."""
    check_name("fleet", fleet)
    return STATE / fleet


@dataclass(frozen=True, kw_only=True)
class Place:
    """The folder of one machine, and the paths in it."""

    fleet: str
    name: str

    @property
    def title(self) -> str:
        """A name that is unique on this computer, such as `cp1.local`: no part may contain a dot."""
        return f"{self.name}.{self.fleet}"

    @property
    def folder(self) -> Path:
        """The machine's folder."""
        check_name("machine", self.name)
        return fleet_folder(self.fleet) / "machines" / self.name

    @property
    def spec(self) -> Path:
        """The requested machine, as JSON."""
        return self.folder / "spec.json"

    @property
    def identity(self) -> Path:
        """The SSH host key: outside the disk, like a key in a TPM."""
        return self.folder / "identity"

    @property
    def disk(self) -> Path:
        """The files that are lost with the disk."""
        return self.folder / "disk"

    @property
    def layers(self) -> Path:
        """The content of the disk, for root only, because it contains every key of a node."""
        return self.disk / "layers"

    @property
    def root(self) -> Path:
        """The mount point of the machine's root, which is empty in other mount namespaces."""
        return self.folder / "root"

    @property
    def process(self) -> Path:
        """The record of the machine's process."""
        return self.folder / "process"

    @property
    def console(self) -> Path:
        """The machine's output since its last start."""
        return self.folder / "console.log"


def places(fleet: str | None = None) -> tuple[Place, ...]:
    """Every machine folder on this computer, sorted by fleet and name."""
    found = sorted(STATE.glob(f"{fleet or '*'}/machines/*"))
    return tuple(Place(fleet=path.parent.parent.name, name=path.name) for path in found if path.is_dir())
