"""A real cluster on this computer: three machines on their own bridge, created and removed by Pulumi."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workbench.lab.access import Address, from_kubeconfig
from workbench.lab.api import Connection
from workbench.lab.command_lines import CommandLines
from workbench.lab.findings import Figures
from workbench.lab.ground import LIVE, Ground
from workbench.lab.leftovers import leftovers
from workbench.lab.machines import LocalMachines
from workbench.lab.progress import Progress
from workbench.lab.site import Site
from workbench.lab.stack import Stack
from workbench.lab.wait import NotYet
from workbench.places import PRIVATE, ROOT

NODES, settings = LIVE.nodes, LIVE.settings
SERVING_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Handles for the running cluster."""

    stack: Stack
    site: Site
    machines: LocalMachines
    figures: Figures
    progress: Progress

    @property
    def ground(self) -> Ground:
        """Names and addresses."""
        return self.stack.ground

    @property
    def command_lines(self) -> CommandLines:
        """Command lines that any user could read while the stack's commands ran."""
        return self.stack.command_lines

    def api(self, to: Address | None = None, *, certificate: bool = True) -> Connection:
        """Open a connection to one place, or to the endpoint."""
        return Connection(self.site.access, to, certificate=certificate)

    def nodes_are_ready(self, to: Address | None = None) -> None:
        """Check that every planned node is registered and Ready, and no other. Raises `NotYet`."""
        nodes = self.api(to).get("/api/v1/nodes").items()
        found = {node.text("metadata", "name"): _ready(node.at("status", "conditions")) for node in nodes}
        if found != dict.fromkeys(self.ground.nodes, "True"):
            raise NotYet(f"nodes: {found}")


def _ready(conditions: object) -> str:
    """`True`, or the kubelet's message."""
    known = [one for one in conditions if isinstance(one, dict)] if isinstance(conditions, list) else []
    ready = next((one for one in known if one.get("type") == "Ready"), {"message": "the kubelet has not reported yet"})
    return "True" if ready.get("status") == "True" else str(ready.get("message"))


def kubeconfig(stack: Stack) -> Path:
    """A new short-lived kubeconfig; its path is the last line that the operation prints."""
    path = Path(stack.operation("kubeconfig").good().output.strip().splitlines()[-1])
    return path if path.is_absolute() else ROOT / path


def site(stack: Stack) -> Site:
    """The cluster as drills see it. Raises `AssertionError` if there is no kubeconfig."""
    ground = stack.ground
    servers = tuple(
        Address(name=name, host=address, port=ground.api_port, server_name=address)
        for name, address in ground.nodes.items()
    )
    return Site(
        access=from_kubeconfig(kubeconfig(stack)),
        servers=servers,
        machines=LocalMachines(fleet=ground.name, names=tuple(ground.nodes)),
        virtual_ip=ground.virtual_ip,
    )


@contextmanager
def standing(stack: Stack, *, keep: bool = False) -> Iterator[None]:
    """A stack that can be brought up in the block; it is always removed afterwards.

    Leftovers of an interrupted run are removed first. `keep`: continue with them, and do not remove the stack.
    """
    ground = stack.ground
    if not keep and (ground.folder.exists() or left(ground)):
        clear(ground)
    try:
        if not ground.folder.exists():
            ground.folder.mkdir(parents=True, mode=0o700)
            ground.make_store()
            stack.create(ground.settings())
        yield
    finally:
        if not keep:
            clear(ground)


def left(ground: Ground) -> list[str]:
    """The existing parts of a cluster."""
    return leftovers(fleet=ground.name, bridge=ground.bridge)


def clear(ground: Ground) -> None:
    """Remove everything without Pulumi, after a failure."""
    if left(ground):
        command = [sys.executable, "-m", "provider.local.machines", "destroy", ground.name, "--take", "--yes"]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    subprocess.run(["rm", "-rf", str(ground.folder)], check=True)
    (PRIVATE / "kubeconfig" / f"{ground.name}.yaml").unlink(missing_ok=True)
