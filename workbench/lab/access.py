"""The identity of a client: its trusted authority and its certificate, from a kubeconfig."""

import base64
import socket
import ssl
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml


@dataclass(frozen=True, kw_only=True)
class Address:
    """An address of the API. `name` is for people; `server_name` is the name that its certificate must contain."""

    name: str
    host: str
    port: int
    server_name: str


Dial = Callable[[Address, float], socket.socket]


def direct(to: Address, seconds: float) -> socket.socket:
    """A TCP connection from this computer. Raises OSError."""
    return socket.create_connection((to.host, to.port), seconds)


@dataclass(frozen=True, kw_only=True)
class Access:
    """The client side of mutual TLS. Keys stay in memory and are never printed or stored in a file.

    `dial` opens a connection within that many seconds, from the client's location.
    """

    authority: str
    certificate: str
    key: str
    endpoint: Address
    dial: Dial = direct

    def __repr__(self) -> str:
        return f"Access(endpoint={self.endpoint!r})"

    def context(self, *, certificate: bool = True) -> ssl.SSLContext:
        """TLS settings that trust only the cluster's authority; `certificate=False`: send no client certificate."""
        context = ssl.create_default_context(cadata=self.authority)
        if certificate:
            # ssl loads a key from a file only; the file is private and exists for this one call.
            with tempfile.NamedTemporaryFile("w", prefix="quorate-drill-") as pair:
                pair.write(self.certificate + self.key)
                pair.flush()
                context.load_cert_chain(pair.name)
        return context


def from_kubeconfig(path: Path, *, dial: Dial = direct) -> Access:
    """The current context's access. Raises `KeyError` or `StopIteration` when the file is not a complete kubeconfig."""
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    context = _named(config["contexts"], config["current-context"])["context"]
    cluster = _named(config["clusters"], context["cluster"])["cluster"]
    user = _named(config["users"], context["user"])["user"]
    server = urlsplit(cluster["server"])
    host = server.hostname or ""
    return Access(
        authority=_decoded(cluster["certificate-authority-data"]),
        certificate=_decoded(user["client-certificate-data"]),
        key=_decoded(user["client-key-data"]),
        dial=dial,
        endpoint=Address(
            name="endpoint", host=host, port=server.port or 443, server_name=cluster.get("tls-server-name", host)
        ),
    )


def _named(entries: list[dict[str, dict[str, str]]], name: object) -> dict[str, dict[str, str]]:
    return next(entry for entry in entries if entry["name"] == name)


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode()
