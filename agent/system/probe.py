"""Checks a TLS server as a client."""

import contextlib
import http.client
import socket
import ssl
from pathlib import Path

from agent.pki.certificate import CertificateFacts, NotACertificate, from_der


def readiness(host: str, port: int, *, authority: Path | None, path: str = "/readyz") -> str | None:
    """None if the server returns 200 with a certificate from that authority, or else the reason.

    If `authority` is None, any certificate is accepted, for servers on loopback with self-signed certificates.
    """
    try:
        context = ssl.create_default_context(cafile=str(authority)) if authority else _credulous()
        connection = http.client.HTTPSConnection(host, port, timeout=3.0, context=context)
        with contextlib.closing(connection):
            connection.request("GET", path)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return f"https://{host}:{port}{path}: {error}"
    if answer.status == http.HTTPStatus.OK:
        return None
    failing = [line for line in text.splitlines() if line.startswith("[-]")]
    return f"https://{host}:{port}{path} returns {answer.status}: {'; '.join(failing) or text[:200].strip()}"


def served_certificate(host: str, port: int) -> CertificateFacts | str:
    """The server's certificate from a handshake, of any issuer, or else the error."""
    try:
        with (
            socket.create_connection((host, port), timeout=3.0) as plain,
            # under TLS 1.3 a server that requires a client certificate shows its own first, and refuses afterwards
            _credulous().wrap_socket(plain) as secured,
        ):
            return from_der(secured.getpeercert(binary_form=True) or b"")
    except (OSError, NotACertificate) as error:
        return str(error)


def _credulous() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def loopback(port: int, path: str) -> str:
    """The response of a plain HTTP server on this machine. Raises OSError."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2.0)
    with contextlib.closing(connection):
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode(errors="replace")
        except http.client.HTTPException as error:
            raise OSError(f"http://127.0.0.1:{port}{path}: {error}") from error


def accepts(host: str, port: int) -> str | None:
    """None if the port accepts connections, or else the error."""
    try:
        with socket.create_connection((host, port), timeout=1.0):
            return None
    except OSError as error:
        return f"{host}:{port}: {error}"
