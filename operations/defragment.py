"""Frees unused pages of etcd's databases: one member at a time, the leader last."""

import argparse
import json

from agent.etcd.members import NO_SPACE
from operations import status
from operations.agent import ask
from operations.command import Command, Given
from operations.environment import Environment, OperationFailed
from operations.stack import environment

MEBIBYTE = 1024**2


def order(of: Environment) -> list[status.NodeStatus]:
    """The nodes in the order in which they are defragmented. Raises `OperationFailed` unless all are healthy.

    An etcd that is full and refuses writes (alarm NOSPACE) counts as healthy: defragmentation fixes it.
    """
    nodes = status.gather(of)
    full = any(NO_SPACE in node.problem for node in nodes)
    problems = [f"{n.name}: {n.problem}" for n in nodes if not n.reached] if full else status.node_problems(nodes)
    if problems:
        raise OperationFailed(
            "every node must be healthy, because a member does not respond to clients while it is "
            "defragmented; fix this first:"
            "\n  " + "\n  ".join(problems)
        )
    return sorted(nodes, key=lambda node: node.leads)


def defragment(of: Environment) -> dict[str, tuple[int, int]]:
    """Size of the database file before and after, in bytes by node. Raises `OperationFailed` at the first failure."""
    done: dict[str, tuple[int, int]] = {}
    for node in order(of):
        values = ask(of.host(node.name), "defragment", seconds=1200).values
        done[node.name] = (values["before"].number(), values["after"].number())
    return done


def _run(given: Given) -> None:
    of = environment(given.stack)
    if given.dry_run:
        for node in order(of):
            print(f"{node.name}: {node.etcd}; {node.unused_bytes / MEBIBYTE:.1f} MiB of it are unused")
        return
    done = defragment(of)
    if given.json:
        print(json.dumps({name: {"before": before, "after": after} for name, (before, after) in done.items()}))
        return
    for name, (before, after) in done.items():
        print(f"{name}: {before / MEBIBYTE:.1f} MiB before, {after / MEBIBYTE:.1f} MiB after")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="print the order and how much space would be freed")
    parser.add_argument("--json", action="store_true", help="for machines")


COMMANDS = (
    Command(
        name="defragment",
        text="free unused pages of etcd's databases, one member at a time",
        arguments=_arguments,
        run=_run,
    ),
)
