"""Environments on the emulated AWS: the CLI gets this clone's settings in addition to the committed ones."""

import os
import subprocess
from pathlib import Path

from operations.environment import PROJECT, OperationFailed
from workbench.cloud.session import VARIABLE
from workbench.cloud.stacks import NotEmulated, settings


def emulated() -> bool:
    """Whether this command runs with EMULATE=1."""
    return VARIABLE in os.environ


def choose(stack: str) -> list[str]:
    """Create the stack if it is missing; returns the options for every command on it. Raises `OperationFailed`."""

    def create(project: Path) -> None:
        for command in (["select", stack], ["init", stack]):
            done = subprocess.run(
                ["pulumi", "stack", *command], cwd=project, check=False, capture_output=True, text=True
            )
            if done.returncode == 0:
                return
        raise OperationFailed(f"stack {stack!r} could not be created in the emulated cloud: {done.stderr.strip()}")

    try:
        file = settings(stack, committed=PROJECT, folder=Path(os.environ[VARIABLE]), create=create)
    except NotEmulated as refused:
        raise OperationFailed(str(refused)) from None
    return ["--config-file", str(file)]
