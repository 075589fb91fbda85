"""Recreates one node: a host with an empty disk, on AWS the instance, while its address and volume stay."""

import argparse
import subprocess
import sys
import time
from pathlib import Path

from operations import status
from operations.agent import ask, say
from operations.command import Command, Given
from operations.consent import consent
from operations.environment import PROJECT, Environment, Host, OperationFailed
from operations.stack import environment, pulumi
from operations.stack_file import StackFile
from plan.quorum import quorum

WHOLE_SECONDS = 120.0


def permitted(of: Environment, name: str) -> status.NodeStatus:
    """Return the node's status.

    Raises `OperationFailed` unless the other nodes keep the quorum and serve without this one.
    """
    host = of.host(name)
    nodes = {node.name: node for node in status.gather(of)}
    others = [node for node in nodes.values() if node.name != name]
    well = [node for node in others if node.voter and node.api == "ready"]
    if len(well) < quorum(len(nodes)):
        seen = "; ".join(f"{node.name}: {node.problem or 'healthy'}" for node in others)
        raise OperationFailed(
            f"{name} is not replaced: {quorum(len(nodes))} of the other {len(others)} nodes must be healthy, because "
            f"they must serve the cluster meanwhile, but only {len(well)} are ({seen}). Fix those "
            "first; after the loss of a "
            "quorum see docs/disaster-recovery.md"
        )
    found = nodes[name]
    if not found.reached and host.fleet is None and host.instance is None:
        raise OperationFailed(
            f"{found.problem}\n{name} is your own machine and does not respond: reinstall it with the same name "
            f"and address ({host.address}), put its new host key into the settings, then run this again"
        )
    return found


def replace(of: Environment, name: str, *, node: status.NodeStatus, file: StackFile) -> None:
    """Replace the node. Can be run again after any interruption. Raises `OperationFailed`."""
    host = of.host(name)
    targets = [word for urn in host.urns for word in ("--target", urn)]
    file.reach()
    if host.instance is not None:
        # The member's data is on the volume: it stays a member, and only has to catch up.
        pulumi("up", *file.options, "--yes", "--skip-preview", "--replace", host.urns[0], *targets)
        _wait(of.stack, name)
        return
    if node.reached and node.etcd != "-":
        say(name, "leaves the cluster")
        ask(host, "leave", "--remove-data", seconds=600)
    if host.fleet is not None:
        say(name, "the machine is destroyed with its disk")
        _destroy(host.fleet, name)
    # The refresh reads the host's real state; the stack's state still describes the previous disk.
    pulumi("up", *file.options, "--yes", "--skip-preview", "--refresh", *targets)
    _wait(of.stack, name)


def _destroy(fleet: str, name: str) -> None:
    command = [sys.executable, "-m", "provider.local.machines", "destroy", fleet, name, "--yes"]
    done = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise OperationFailed(f"the machine {name} could not be removed: {done.stderr.strip()}")


def _wait(stack: str, name: str) -> None:
    of = environment(stack)  # the machine has a new host key
    deadline = time.monotonic() + WHOLE_SECONDS
    while problems := status.node_problems(status.gather(of)):
        if time.monotonic() > deadline:
            raise OperationFailed(f"{name} was recreated, but there are problems: {'; '.join(problems)}")
        time.sleep(1.0)


def _run(given: Given) -> None:
    of = environment(given.stack)
    node = permitted(of, given.node)
    what = f"{given.node} {_effect(of.host(given.node), node)}"
    if given.dry_run:
        print(f"{what}; `pulumi up` for this node alone adds it again. Nothing was changed")
        return
    consent(f"{what}. The other nodes keep serving.", word=given.node, yes=given.yes)
    started = time.monotonic()
    file = StackFile(given.stack, Path(given.config_file) if given.config_file else None)
    replace(of, given.node, node=node, file=file)
    print(f"{given.node} is a member again and serves; {time.monotonic() - started:.0f} s")


def _effect(host: Host, node: status.NodeStatus) -> str:
    if host.instance is not None:
        return "gets a new instance; its address and the volume with its data stay"
    how = "leaves the cluster" if node.reached else "does not respond, so the others remove it from the member list"
    return f"{how}; {'its machine and disk are destroyed and recreated' if host.fleet else 'its data is deleted'}"


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("node")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--dry-run", action="store_true", help="print whether the replacement is permitted and what it would do"
    )
    parser.add_argument("--config-file", help="the stack's settings file, if it is not next to Pulumi.yaml")


COMMANDS = (
    Command(
        name="replace",
        text="recreate one node (its disk, on AWS its instance) while the others serve; asks first",
        arguments=_arguments,
        run=_run,
    ),
)
