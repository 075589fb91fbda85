"""Runs kubectl on an environment with a personal kubeconfig, which is renewed when it expires."""

import argparse
import os
import subprocess
from collections.abc import Sequence

from operations import kubeconfig
from operations.command import Command
from operations.environment import Environment, OperationFailed
from operations.stack import environment


def kubectl(stack: str, arguments: Sequence[str]) -> int:
    """Run kubectl; returns its exit status."""
    settings = {**os.environ, "KUBECONFIG": str(kubeconfig.current(environment(stack)))}
    return subprocess.run(["kubectl", *arguments], check=False, env=settings).returncode


def answer(of: Environment, *arguments: str) -> str:
    """Return what kubectl prints. Raises `OperationFailed` with its reason."""
    settings = {**os.environ, "KUBECONFIG": str(kubeconfig.current(of))}
    done = subprocess.run(
        ["kubectl", "--request-timeout=10s", *arguments], check=False, capture_output=True, text=True, env=settings
    )
    if done.returncode:
        raise OperationFailed(f"kubectl {arguments[-1]}: {done.stderr.strip() or f'exit status {done.returncode}'}")
    return done.stdout


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("arguments", nargs=argparse.REMAINDER)


COMMANDS = (
    Command(
        name="kubectl",
        text="run kubectl on the environment",
        arguments=_arguments,
        run=lambda given: kubectl(given.stack, [word for word in given.arguments if word != "--"]),
    ),
)
