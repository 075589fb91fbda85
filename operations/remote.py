"""Running a command on a host: OpenSSH, host key pinned, nothing secret in arguments."""

import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from operations.aws.host_keys import host_key
from operations.environment import Host, OperationFailed

CONNECT_SECONDS = 5
THROUGH_SECONDS = 20  # a tunnel needs credentials, TLS and a handshake of its own before SSH can begin
ALIVE_SECONDS = 15  # without an answer for three times as long a connection is given up
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
        known.write_text(known_hosts(host))
        yield [*ssh(host, known), shlex.join(_as_root(host, command))]


def _as_root(host: Host, command: tuple[str, ...]) -> tuple[str, ...]:
    return command if host.user == "root" else ("sudo", "-n", *command)


def known_hosts(host: Host) -> str:
    """The line of a known_hosts file that pins the host's key. Raises `OperationFailed` if the key is not known."""
    key = host.host_key or (host_key(host.name, host.instance) if host.instance else "")
    if not key:
        raise OperationFailed(f"{host.name}: its SSH host key is not known; run `pulumi up` to learn it")
    return f"{host.name} {key}\n"


def ssh(host: Host, known: Path, *more: str) -> list[str]:
    """OpenSSH to the host, without a remote command. `known`: file of its `known_hosts`; `more`: options that win."""
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
