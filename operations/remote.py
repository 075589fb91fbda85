"""Runs a command on a host with OpenSSH; the host key is pinned, and arguments contain no secret."""

import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from operations.aws.host_keys import host_key
from operations.environment import Host, OperationFailed

CONNECT_SECONDS = 5
THROUGH_SECONDS = 20  # a tunnel needs credentials, TLS and its own handshake before SSH can start
ALIVE_SECONDS = 15  # after three times as long without a response, the connection counts as lost
UNREACHABLE = 255  # OpenSSH's own exit status; anything else is the remote command's


def run(host: Host, *command: str, stdin: bytes = b"", seconds: float = 60) -> str:
    """Return the command's standard output. Raises `OperationFailed` with the host and the reason."""
    with command_line(host, *command) as words:
        try:
            done = subprocess.run(words, check=False, capture_output=True, timeout=seconds, input=stdin)
        except subprocess.TimeoutExpired:
            raise OperationFailed(f"{host.name}: `{command[0]}` did not finish within {seconds:.0f} s") from None
    reason = done.stderr.decode(errors="replace").strip()
    if done.returncode == UNREACHABLE:
        raise OperationFailed(f"{host.name} ({host.address}) cannot be reached by SSH: {reason}")
    if done.returncode:
        raise OperationFailed(f"{host.name}: `{command[0]}` ended with status {done.returncode}: {reason}")
    return done.stdout.decode(errors="replace")


@contextmanager
def command_line(host: Host, *command: str) -> Iterator[list[str]]:
    """The SSH command line that runs the command on the host as root; valid inside the block."""
    with tempfile.TemporaryDirectory(prefix="quorate-") as folder:
        known = Path(folder) / "known_hosts"
        known.write_text(known_hosts(host))
        yield [*ssh(host, known), shlex.join(_as_root(host, command))]


def _as_root(host: Host, command: tuple[str, ...]) -> tuple[str, ...]:
    return command if host.user == "root" else ("sudo", "-n", *command)


def known_hosts(host: Host) -> str:
    """The known_hosts line that pins the host's key. Raises `OperationFailed` if the key is not known."""
    key = host.host_key or (host_key(host.name, host.instance) if host.instance else "")
    if not key:
        raise OperationFailed(f"{host.name}: its SSH host key is not known; run `pulumi up` to learn it")
    return f"{host.name} {key}\n"


def ssh(host: Host, known: Path, *more: str) -> list[str]:
    """The SSH command line without a remote command. `known`: the `known_hosts` file; `more`: overriding options."""
    options = {
        "BatchMode": "yes",
        "ConnectTimeout": str(THROUGH_SECONDS if host.proxy_command else CONNECT_SECONDS),
        "HostKeyAlias": host.name,
        "IdentitiesOnly": "yes",
        "StrictHostKeyChecking": "yes",
        "UserKnownHostsFile": str(known),
        "LogLevel": "ERROR",
    }
    if host.proxy_command:
        options |= {"ProxyCommand": host.proxy_command, "ServerAliveInterval": str(ALIVE_SECONDS)}
    flags = [part for key, value in options.items() for part in ("-o", f"{key}={value}")]
    place = ["-i", str(host.key_path), "-p", str(host.port)]
    return ["ssh", *more, *flags, *place, f"{host.user}@{host.address}"]
