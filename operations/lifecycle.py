"""Creates, previews and destroys one environment."""

import argparse
import subprocess

from operations import kubeconfig
from operations.aws.lost import forget
from operations.command import Command
from operations.consent import consent
from operations.emulated import choose, emulated
from operations.environment import PROJECT, NotUp, OperationFailed
from operations.proxy.control import dismiss
from operations.stack import environment, pulumi
from operations.stack_file import StackFile
from operations.state_lock import release_dead
from operations.status import await_well
from plan.settings import Settings

WELL_SECONDS = 60.0  # seconds; enough for the address to move, or for a kubelet to register


def up(stack: str) -> None:
    """Create or update the environment, then write a kubeconfig and say how to use it."""
    chosen = _select(stack)
    release_dead(stack)
    # An environment on this computer is for trials; for every other one, show the preview and ask.
    quick = ["--yes", "--skip-preview"] if stack == "local" or emulated() else []
    settings = prepare(stack, chosen)
    pulumi("up", "--stack", stack, *chosen, *quick)
    there = environment(stack)
    await_well(there, seconds=WELL_SECONDS)
    path = kubeconfig.current(there)
    where = there.endpoint_address or there.endpoint_name
    choice = "" if stack == "local" else f" STACK={stack}{' EMULATE=1' if emulated() else ''}"
    print(
        f"\n{there.cluster}: {len(there.hosts)} control-plane nodes serve at https://{where}:{there.endpoint_port}\n"
        f'  make kubectl{choice} ARGS="get nodes"\n'
        f"  kubeconfig for {kubeconfig.PERSONAL_HOURS} hours: {path}\n"
        f"  make status{choice}   members, leader, certificates\n"
        f"  make down{choice}     destroys it; asks first"
    )
    if not settings.addons.enabled:
        print("  add-ons are off: nodes stay NotReady until you install a network for pods (docs/addons.md)")


def prepare(stack: str, options: list[str]) -> Settings:
    """Prepare an update on AWS: remove lost instances from the state, and start the proxy that add-ons need."""
    file = StackFile(stack)
    settings = file.settings()
    if settings.kind != "aws":
        return settings
    try:
        there = environment(stack)
    except NotUp:
        there = None
    for name in forget(there, options) if there is not None else ():
        print(f"{name}: its instance is gone; the update recreates it with the same address and volume")
    file.reach()
    return settings


def preview(stack: str) -> None:
    """Show what `up` would change."""
    chosen = _select(stack)
    StackFile(stack).reach()
    pulumi("preview", "--stack", stack, *chosen, "--diff")


def down(stack: str, *, yes: bool) -> None:
    """Destroy the environment with its data. Asks for the stack's name unless `yes`."""
    release_dead(stack, yes=yes)
    consent(f"This destroys {stack!r}: the cluster and its etcd data.", word=stack, yes=yes)
    # Only a preview stops at protected resources before anything is deleted. The local stack protects nothing.
    quick = ["--skip-preview"] if stack == "local" else []
    chosen = _select(stack)
    try:
        port = environment(stack).proxy_port
    except OperationFailed:
        port = None
    pulumi("destroy", "--stack", stack, *chosen, "--yes", *quick)
    dismiss(stack, port)
    (PROJECT / ".quorate" / "kubeconfig" / f"{stack}.yaml").unlink(missing_ok=True)


def _select(stack: str) -> list[str]:
    """Create the stack if it is missing; returns the options for every command on it."""
    if emulated():
        return choose(stack)
    known = subprocess.run(
        ["pulumi", "stack", "select", stack], cwd=PROJECT, check=False, capture_output=True, text=True
    )
    if known.returncode:
        pulumi("stack", "init", stack)
    return []


def _down(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask")


COMMANDS = (
    Command(name="up", text="create or update the environment and write a kubeconfig", run=lambda g: up(g.stack)),
    Command(name="preview", text="show what `up` would change", run=lambda g: preview(g.stack)),
    Command(
        name="unlock",
        text="remove the lock that a killed command left on the state",
        run=lambda g: release_dead(g.stack, yes=True),
    ),
    Command(
        name="down",
        text="destroy the environment with its data; asks first",
        arguments=_down,
        run=lambda g: down(g.stack, yes=g.yes),
    ),
)
