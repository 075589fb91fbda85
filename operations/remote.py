"""Running a command on a host: OpenSSH, host key pinned, nothing secret in arguments."""

import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from operations.stack import Host, OperationFailed

CONNECT_SECONDS = 5
UNREACHABLE = 255  # OpenSSH's own exit status; anything else is the remote command's


def run(host: Host, *command: str, stdin: bytes = b"", seconds: float = 60) -> str:
    """What the command prints on standard output. Raises `OperationFailed` naming the host and the reason."""
    with command_line(host, *command) as words:
        try:
            done = subprocess.run(words, check=False, capture_output=True, timeout=seconds, input=stdin)
        except subprocess.TimeoutExpired:
            raise OperationFailed(f"{host.name}: `{command[0]}` did not end within {seconds:.0f} s") from None
    reason = done.stderr.decode(errors="replace").strip()
    if done.returncode == UNREACHABLE:
        raise OperationFailed(f"{host.name} ({host.address}) cannot be reached by SSH: {reason}")
    if done.returncode:
        raise OperationFailed(f"{host.name}: `{command[0]}` ended with status {done.returncode}: {reason}")
    return done.stdout.decode(errors="replace")


@contextmanager
def command_line(host: Host, *command: str) -> Iterator[list[str]]:
    """What runs the command on the host as root; good for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="quorate-") as folder:
        known = Path(folder) / "known_hosts"
        known.write_text(f"{host.name} {host.host_key}\n")
        yield [*_ssh(host, known), shlex.join(_as_root(host, command))]


def _as_root(host: Host, command: tuple[str, ...]) -> tuple[str, ...]:
    return command if host.user == "root" else ("sudo", "-n", *command)


def _ssh(host: Host, known: Path) -> list[str]:
    options = {
        "BatchMode": "yes",
        "ConnectTimeout": str(CONNECT_SECONDS),
        "HostKeyAlias": host.name,
        "IdentitiesOnly": "yes",
        "StrictHostKeyChecking": "yes",
        "UserKnownHostsFile": str(known),
        "LogLevel": "ERROR",
    }
    flags = [part for key, value in options.items() for part in ("-o", f"{key}={value}")]
    return ["ssh", *flags, "-i", str(host.key_path), "-p", str(host.port), f"{host.user}@{host.address}"]
