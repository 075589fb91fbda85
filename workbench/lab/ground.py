"""Names and addresses of a test cluster, which no other fleet on this computer has."""

import copy
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from provider.local.machines.place import STATE
from workbench.places import PRIVATE

Link = Callable[[str, str], object]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """`prefix` is the network's first three numbers; the machines are cp1 to cp3 at .11 to .13, the VIP is .10."""

    name: str
    bridge: str
    prefix: str
    api_port: int = 6443  # port of each API server; the endpoint has the preset's port

    @property
    def folder(self) -> Path:
        """The folder for everything of this cluster inside the clone."""
        return PRIVATE / "live" / self.name

    @property
    def store(self) -> Path:
        """Its own store, so that a test may corrupt it."""
        return self.folder / "store"

    @property
    def nodes(self) -> dict[str, str]:
        """Address by name."""
        return {f"cp{number}": f"{self.prefix}.{10 + number}" for number in (1, 2, 3)}

    @property
    def virtual_ip(self) -> str:
        """The address that moves."""
        return f"{self.prefix}.10"

    @property
    def api_name(self) -> str:
        """The endpoint's name."""
        return f"api.{self.name}.quorate.internal"

    def settings(self, **changes: dict[str, object]) -> dict[str, object]:
        """The `local` preset on this ground, with some fields of some sections changed."""
        made: dict[str, dict[str, object]] = {
            "network": {"hosts": f"{self.prefix}.0/24", "gateway": f"{self.prefix}.1"},
            "endpoint": {"name": self.api_name, "virtualIp": {"address": self.virtual_ip}},
            "localMachines": {"fleet": self.name, "bridge": self.bridge},
            "artifacts": {"manifest": str(self.store / "manifest.json")},
        }
        for section, fields in copy.deepcopy(changes).items():
            made[section] = {**made.get(section, {}), **fields}
        nodes = [{"name": name, "address": at, "failureDomain": name} for name, at in self.nodes.items()]
        return {"preset": "local", "cluster": self.name, "nodes": nodes, **made}

    def make_store(self) -> None:
        """A copy of the clone's store, by hard links on the same disk, with its own manifest file."""
        original = (PRIVATE / "store").resolve()
        same = original.stat().st_dev == PRIVATE.stat().st_dev
        link: Link = os.link if same else shutil.copy2
        shutil.copytree(original, self.store, copy_function=link, dirs_exist_ok=False)
        (self.store / "manifest.json").unlink()
        shutil.copy2(original / "manifest.json", self.store)

    def console(self, name: str) -> str:
        """What a machine printed on its console."""
        return (STATE / self.name / "machines" / name / "console.log").read_text(encoding="utf-8", errors="replace")


def _live() -> Ground:
    """The ground of the live tier: `live` on 10.89.0, or another third number if two clones run at the same time."""
    third = os.environ.get(THIRD)
    if third is None:
        return Ground(name="live", bridge="qlive0", prefix="10.89.0")
    return Ground(name=f"live{int(third)}", bridge=f"qlive{int(third)}", prefix=f"10.89.{int(third)}")


THIRD = "QUORATE_LIVE_NETWORK"  # a number from 1 to 200
LIVE = _live()
