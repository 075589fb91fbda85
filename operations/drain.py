"""Moves the pods of a node elsewhere before maintenance, and allows them back."""

import argparse

from operations import status
from operations.command import Command, Given
from operations.environment import Environment, OperationFailed
from operations.kubectl import kubectl
from operations.stack import environment

PATIENCE_SECONDS = 300  # enough for pods' grace periods and disruption budgets


def drain(of: Environment, name: str, *, seconds: int, dry_run: bool) -> None:
    """Cordon the node and evict its pods. Static pods and daemon sets stay.

    Raises `OperationFailed`: unknown node, no other node to move them to, or a disruption budget that forbids it.
    """
    of.host(name)
    others = [node for node in status.gather(of) if node.name != name]
    if not any(node.api == "ready" for node in others):
        raise OperationFailed(f"no other node of {of.cluster} is ready, so the pods of {name} cannot move anywhere")
    words = ["--ignore-daemonsets", "--delete-emptydir-data", f"--timeout={seconds}s"]
    # A dry run on the server also checks the disruption budgets; nothing is evicted.
    words += ["--dry-run=server"] if dry_run else []
    if kubectl(of.stack, ["drain", name, *words]):
        raise OperationFailed(
            f"{name} is not drained; see kubectl's output above. It gets no new pods until `drain {name} --undo`"
        )


def undo(of: Environment, name: str, *, dry_run: bool) -> None:
    """Uncordon the node. Raises `OperationFailed`."""
    of.host(name)
    if kubectl(of.stack, ["uncordon", name, *(["--dry-run=server"] if dry_run else [])]):
        raise OperationFailed(f"{name} still gets no new pods; see kubectl's output above")


def _run(given: Given) -> None:
    of = environment(given.stack)
    if given.undo:
        undo(of, given.node, dry_run=given.dry_run)
    else:
        drain(of, given.node, seconds=given.seconds, dry_run=given.dry_run)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("node")
    parser.add_argument("--undo", action="store_true", help="uncordon the node: pods may be scheduled there again")
    parser.add_argument("--seconds", type=int, default=PATIENCE_SECONDS, help="how long to wait for the evictions")
    parser.add_argument("--dry-run", action="store_true", help="print what would be evicted")


COMMANDS = (
    Command(name="drain", text="move the pods of a node elsewhere; etcd keeps running", arguments=_arguments, run=_run),
)
