"""Moving the pods of a node elsewhere before something is done to it, and letting them come back."""

import argparse

from operations import status
from operations.command import Command, Given
from operations.environment import Environment, OperationFailed
from operations.kubectl import kubectl
from operations.stack import environment

PATIENCE_SECONDS = 300  # for pods' own grace periods and for disruption budgets


def drain(of: Environment, name: str, *, seconds: int, dry_run: bool) -> None:
    """Nothing new is scheduled there, and what runs there moves. Static pods and daemon sets stay.

    Raises `OperationFailed`: unknown node, no other node that could take them, a disruption budget that forbids it.
    """
    of.host(name)
    others = [node for node in status.gather(of) if node.name != name]
    if not any(node.api == "ready" for node in others):
        raise OperationFailed(f"no other node of {of.cluster} has a ready API server: pods of {name} could not move")
    words = ["--ignore-daemonsets", "--delete-emptydir-data", f"--timeout={seconds}s"]
    # Asked of the server, so that budgets are judged; nothing is evicted.
    words += ["--dry-run=server"] if dry_run else []
    if kubectl(of.stack, ["drain", name, *words]):
        raise OperationFailed(
            f"{name} is not drained; kubectl says why above. It takes no new pods until `drain {name} --undo`"
        )


def undo(of: Environment, name: str, *, dry_run: bool) -> None:
    """Pods may be scheduled there again. Raises `OperationFailed`."""
    of.host(name)
    if kubectl(of.stack, ["uncordon", name, *(["--dry-run=server"] if dry_run else [])]):
        raise OperationFailed(f"{name} still takes no pods; kubectl says why above")


def _run(given: Given) -> None:
    of = environment(given.stack)
    if given.undo:
        undo(of, given.node, dry_run=given.dry_run)
    else:
        drain(of, given.node, seconds=given.seconds, dry_run=given.dry_run)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("node")
    parser.add_argument("--undo", action="store_true", help="let pods be scheduled there again")
    parser.add_argument("--seconds", type=int, default=PATIENCE_SECONDS, help="how long to wait for pods to go")
    parser.add_argument("--dry-run", action="store_true", help="what would be evicted")


COMMANDS = (
    Command(name="drain", text="move the pods of a node elsewhere; etcd stays", arguments=_arguments, run=_run),
)
