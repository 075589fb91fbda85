"""One environment as its stack knows it: which hosts, how to reach them, where the API answers."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


class OperationFailed(Exception):
    """An operation that ended without doing what was asked; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """One control-plane machine. `host_key` is the pinned `ssh-ed25519 AAAA...`; `key_path` is absolute."""

    name: str
    address: str
    port: int
    user: str
    key_path: Path
    host_key: str


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What the stack's outputs say. `endpoint_address` is None where only a name is stable."""

    stack: str
    cluster: str
    endpoint_name: str
    endpoint_port: int
    endpoint_address: str | None
    hosts: tuple[Host, ...]

    @property
    def kubeconfig(self) -> Path:
        """Where this environment's kubeconfig is kept, mode 0600."""
        return PROJECT / ".quorate" / "kubeconfig" / f"{self.stack}.yaml"


def pulumi(*arguments: str) -> None:
    """Run the CLI in the project, on this terminal. Raises `OperationFailed` with its exit status."""
    done = subprocess.run(["pulumi", *arguments], cwd=PROJECT, check=False)
    if done.returncode:
        raise OperationFailed(f"`pulumi {arguments[0]}` ended with status {done.returncode}; its output above says why")


def environment(stack: str) -> Environment:
    """Read the outputs of a stack. Raises `OperationFailed` when it is not up."""
    command = ["pulumi", "stack", "output", "--json", "--stack", stack]
    done = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise OperationFailed(f"stack {stack!r} cannot be read: {done.stderr.strip()}")
    outputs = json.loads(done.stdout)
    if not outputs.get("hosts"):
        raise OperationFailed(f"stack {stack!r} has no hosts; run `make up STACK={stack}` first")
    endpoint = outputs["endpoint"]
    return Environment(
        stack=stack,
        cluster=outputs["cluster"],
        endpoint_name=endpoint["name"],
        endpoint_port=int(endpoint["port"]),
        endpoint_address=endpoint["address"],
        hosts=tuple(_host(found) for found in outputs["hosts"]),
    )


def _host(found: dict[str, str]) -> Host:
    return Host(
        name=found["name"],
        address=found["address"],
        port=int(found["port"]),
        user=found["user"],
        key_path=PROJECT / found["privateKeyPath"],
        host_key=found["hostKey"],
    )
