"""Compares every host with the plan and repairs what differs; needs no API server that answers.

`pulumi up --refresh` also refreshes the cluster's objects and fails if no API server answers, which is when it is
needed most.
"""

import argparse
from pathlib import Path

from operations.command import Command, Given
from operations.environment import OperationFailed
from operations.stack import pulumi
from operations.stack_file import StackFile
from operations.state_lock import release_dead

# Of the resources, those that are compared on the hosts themselves (globs of URNs).
COMPARED = ("urn:pulumi:**quorate:hosts:Node::*", "urn:pulumi:**quorate:local:*::*")


def repair(given: Given) -> None:
    """Refresh the hosts alone, then update. Raises `OperationFailed`."""
    file = StackFile(given.stack, given.config_file)
    if file.settings().kind == "aws":
        raise OperationFailed("instances compare themselves with the plan: run `make up`, or `make verify` for details")
    release_dead(given.stack, yes=given.yes)
    targets = [word for glob in COMPARED for word in ("--target", glob)]
    pulumi("refresh", *file.options, *targets, "--yes", "--skip-preview")
    file.up(yes=given.yes)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config-file", type=Path, help="the stack's settings file (default: Pulumi.STACK.yaml)")
    parser.add_argument("--yes", action="store_true", help="do not ask before the update")


COMMANDS = (
    Command(
        name="repair",
        text="compare every host with the plan and repair what differs; also if no API server answers",
        arguments=_arguments,
        run=repair,
    ),
)
