"""Giving unused pages of etcd's databases back: one member at a time, the leader last."""

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
    """The nodes in the order in which they are defragmented. Raises `OperationFailed` unless all are well.

    An etcd that refuses writes because it is full (alarm NOSPACE) is what a defragmentation is for.
    """
    nodes = status.gather(of)
    full = any(NO_SPACE in node.problem for node in nodes)
    problems = [f"{n.name}: {n.problem}" for n in nodes if not n.reached] if full else status.ailments(nodes)
    if problems:
        raise OperationFailed(
            "every node must be healthy, because a member answers no client while it is defragmented; fix this first:"
            "\n  " + "\n  ".join(problems)
        )
    return sorted(nodes, key=lambda node: node.leads)


def defragment(of: Environment) -> dict[str, tuple[int, int]]:
    """Bytes of the database's file before and after, by node. Stops at the first that fails: `OperationFailed`."""
    done: dict[str, tuple[int, int]] = {}
    for node in order(of):
        values = ask(of.host(node.name), "defragment", seconds=1200).values
        done[node.name] = (values["before"].number(), values["after"].number())
    return done


def _run(given: Given) -> None:
    of = environment(given.stack)
    if given.dry_run:
        for node in order(of):
            print(f"{node.name}: {node.etcd}; {node.unused_bytes / MEBIBYTE:.1f} MiB of it hold nothing")
        return
    done = defragment(of)
    if given.json:
        print(json.dumps({name: {"before": before, "after": after} for name, (before, after) in done.items()}))
        return
    for name, (before, after) in done.items():
        print(f"{name}: {before / MEBIBYTE:.1f} MiB before, {after / MEBIBYTE:.1f} MiB after")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="in which order, and what there is to gain")
    parser.add_argument("--json", action="store_true", help="for machines")


COMMANDS = (
    Command(
        name="defragment",
        text="give unused pages of etcd's databases back, one member at a time",
        arguments=_arguments,
        run=_run,
    ),
)
