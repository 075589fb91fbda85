"""Runs a program of the host, with its own output in the error."""

import subprocess
from collections.abc import Sequence

from provider.local.machines.requirement import program
from provider.local.machines.unable import Unable


def output(argv: Sequence[str], *, why: str, fix: str) -> str:
    """Run it and return what it prints. Raises `Unable` with the program's message when it fails."""
    done = subprocess.run([program(argv[0]), *argv[1:]], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip() or f"exit {done.returncode}"
        raise Unable(f"`{' '.join(argv)}` succeeds", got=said, why=why, fix=fix)
    return done.stdout
