"""The one real cluster of the live tier: three machines on a bridge of their own, made and removed by Pulumi."""

import copy
from dataclasses import dataclass
from pathlib import Path

from offline.places import ROOT
from tests.live.command_lines import CommandLines
from tests.live.drills.access import Address, from_kubeconfig
from tests.live.drills.api import Connection
from tests.live.drills.machines import LocalMachines
from tests.live.drills.site import Site
from tests.live.figures import Figures
from tests.live.progress import Progress
from tests.live.stack import Stack

NAME = "live"
BRIDGE = "qlive0"
NETWORK, GATEWAY, VIRTUAL_IP = "10.89.0.0/24", "10.89.0.1", "10.89.0.10"
NODES = {"cp1": "10.89.0.11", "cp2": "10.89.0.12", "cp3": "10.89.0.13"}
API_NAME, API_PORT = "api.live.quorate.internal", 6443
SERVING_SECONDS = 60.0

SETTINGS: dict[str, object] = {
    "preset": "local",
    "cluster": NAME,
    "nodes": [{"name": name, "address": address, "failureDomain": name} for name, address in NODES.items()],
    "network": {"hosts": NETWORK, "gateway": GATEWAY},
    "endpoint": {"name": API_NAME, "virtualIp": {"address": VIRTUAL_IP}},
    "localMachines": {"fleet": NAME, "bridge": BRIDGE},
}


def settings(**changes: dict[str, object]) -> dict[str, object]:
    """The tier's settings, with some fields of some sections changed."""
    changed = copy.deepcopy(SETTINGS)
    for section, fields in changes.items():
        before = changed.get(section, {})
        changed[section] = {**before, **fields} if isinstance(before, dict) else fields
    return changed


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Handles of the running cluster."""

    stack: Stack
    site: Site
    machines: LocalMachines
    command_lines: CommandLines
    figures: Figures
    progress: Progress

    def api(self, to: Address | None = None, *, certificate: bool = True) -> Connection:
        """A connection to one place, or to the endpoint."""
        return Connection(self.site.access, to, certificate=certificate)

    @property
    def console_logs(self) -> dict[str, str]:
        """What each machine printed on its console."""
        folder = Path("/var/lib/quorate") / NAME / "machines"
        return {name: (folder / name / "console.log").read_text(errors="replace") for name in NODES}


def kubeconfig(stack: Stack) -> Path:
    """A new short-lived kubeconfig; its path is the last line that the operation prints."""
    path = Path(stack.operation("kubeconfig").good().output.strip().splitlines()[-1])
    return path if path.is_absolute() else ROOT / path


def site(kubeconfig_path: Path, machines: LocalMachines) -> Site:
    """The cluster as drills see it."""
    servers = tuple(
        Address(name=name, host=address, port=API_PORT, server_name=address) for name, address in NODES.items()
    )
    return Site(access=from_kubeconfig(kubeconfig_path), servers=servers, machines=machines, virtual_ip=VIRTUAL_IP)
