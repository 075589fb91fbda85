"""Unprotects a resource that an operation no longer needs."""

import subprocess

from agent.model.json_reading import parse
from operations.environment import PROJECT, OperationFailed
from operations.expiry import exported


def unprotect(stack: str, type_: str, name: str) -> None:
    """Unprotect a resource if it is protected. Raises `OperationFailed`."""
    for resource in parse(exported(stack), at=f"state of {stack}")["deployment"]["resources"].items():
        urn = resource["urn"].text()
        if resource["type"].text() == type_ and urn.rpartition("::")[2] == name and resource["protect"].flag():
            command = ["pulumi", "state", "unprotect", urn, "--stack", stack, "--yes"]
            done = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True)
            if done.returncode:
                raise OperationFailed(f"{name} cannot be unprotected: {done.stderr.strip()}")
