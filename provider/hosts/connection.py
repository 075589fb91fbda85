"""The SSH connection to a host."""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from provider.protocol.values import UNKNOWN, Properties, Value

_CLONE = Path(__file__).resolve().parents[2]
# Installed from a wheel, the engine starts the provider in the folder of the program.
ROOT = _CLONE if (_CLONE / "Pulumi.yaml").is_file() else Path.cwd()
# RFC 1123: letters, digits and inner hyphens, at most 63 in a label and 253 in a name.
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*")
# useradd(8) with its --badname, without the characters that a shell or ssh interprets.
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}")
_HOST_KEY = re.compile(r"(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,3}")
_PORTS = range(1, 65536)


@dataclass(frozen=True, kw_only=True)
class Connection:
    """One host. `name`: for messages and as the alias of its key; `host_key`: `ssh-ed25519 AAAA...`."""

    name: str
    address: str
    port: int
    user: str
    key: Path = field(repr=False)
    host_key: str | None = None

    @property
    def place(self) -> str:
        """The host and its address, for messages."""
        return f"{self.name} ({self.user}@{self.address}, port {self.port})"


def connection(name: str, values: Properties) -> Connection:
    """The connection from checked inputs."""
    host_key = values.get("hostKey")
    return Connection(
        name=name,
        address=str(values["address"]),
        port=int(str(values["port"])),
        user=str(values["user"]),
        key=key_path(str(values["privateKeyPath"])),
        host_key=str(host_key) if host_key else None,
    )


def key_path(text: str) -> Path:
    """The private key's path; a relative one starts at the project's folder, not at the engine's working directory."""
    return ROOT / Path(text).expanduser()


def problems(values: Value, where: str) -> Iterator[str]:
    """Every problem of a connection, each with its place `where`. UNKNOWN values are skipped."""
    if values == UNKNOWN:
        return
    if not isinstance(values, Mapping):
        yield f"{where} must have address, port, user and privateKeyPath; got {type(values).__name__}"
        return
    address, user, port, key, host_key = (
        values.get(name) for name in ("address", "user", "port", "privateKeyPath", "hostKey")
    )
    if address != UNKNOWN and not (isinstance(address, str) and _is_host(address)):
        yield f"{where}.address must be an IP address or a host name; got {address!r}"
    if port != UNKNOWN and not (isinstance(port, int) and port in _PORTS):
        yield f"{where}.port must be a number from 1 to 65535; got {port!r}"
    if user != UNKNOWN and not (isinstance(user, str) and _USER.fullmatch(user)):
        yield f"{where}.user must be a user name on the host; got {user!r}"
    if host_key not in (None, UNKNOWN) and not (isinstance(host_key, str) and _HOST_KEY.fullmatch(host_key)):
        yield f"{where}.hostKey must be a kind and a key, such as `ssh-ed25519 AAAA...`, without host name or comment"
    if key != UNKNOWN:
        yield from _key_problems(key, f"{where}.privateKeyPath")


def _is_host(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return _HOST.fullmatch(text) is not None
    return True


def _key_problems(key: Value, where: str) -> Iterator[str]:
    if not isinstance(key, str) or not key:
        yield f"{where} must be the path of an SSH private key; got {key!r}"
        return
    path = key_path(key)
    try:
        status = path.stat()
    except OSError as error:
        yield f"{where}: {path} cannot be read ({error.strerror}); make a key with `ssh-keygen -t ed25519 -f {path}`"
        return
    if not stat.S_ISREG(status.st_mode) or not os.access(path, os.R_OK):
        yield f"{where}: {path} is not a file that this user may read"
    elif stat.S_IMODE(status.st_mode) & 0o077:
        # OpenSSH reports it too, but only at the first contact, when other hosts may already have changed.
        yield f"{where}: others may read {path}, and OpenSSH refuses such a key; run `chmod 600 {path}`"
