"""Checks whether an API server reports that it is ready (Kubernetes: /readyz, readable without credentials)."""

import http.client
import socket
import ssl
import time
from dataclasses import dataclass

READY = 200


@dataclass(frozen=True, kw_only=True)
class Target:
    """The server to probe. `server_name`: the name that its certificate must contain, regardless of the address."""

    name: str
    address: str
    port: int
    server_name: str


class NotReady(Exception):
    """The server is not ready; the message has its response or error."""


def context(authority: str) -> ssl.SSLContext:
    """TLS settings that trust only this authority (PEM). Raises `NotReady` if it is not a certificate."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        made.load_verify_locations(cadata=authority)
    except (ssl.SSLError, ValueError):
        raise NotReady("the authority is not a PEM certificate") from None
    return made


def ask(target: Target, tls: ssl.SSLContext, *, seconds: float) -> None:
    """Return if the server is ready. Raises `NotReady` otherwise, within `seconds`."""
    end = time.monotonic() + seconds
    try:
        with socket.create_connection((target.address, target.port), seconds) as raw:
            raw.settimeout(max(end - time.monotonic(), 0.001))
            with tls.wrap_socket(raw, server_hostname=target.server_name) as channel:
                connection = http.client.HTTPConnection(target.server_name, target.port)
                connection.sock = channel
                connection.request("GET", "/readyz", headers={"Connection": "close"})
                status = connection.getresponse().status
    except ssl.SSLCertVerificationError as error:
        raise NotReady(f"its certificate is refused: {error.verify_message}") from None
    except (OSError, http.client.HTTPException) as error:
        raise NotReady(_words(error)) from None
    if status != READY:
        raise NotReady(f"/readyz returns {status}")


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no response in time"
    strerror = error.strerror if isinstance(error, OSError) else None
    return (strerror or str(error) or type(error).__name__).lower()
