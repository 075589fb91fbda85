"""One connection to the Kubernetes API that never waits longer than its deadline and reports the phase in which it
failed.
"""

import http.client
import json
import socket
import ssl
import time
from dataclasses import dataclass

from workbench.lab.access import Access, Address

# client-go's own (k8s.io/client-go/transport/cache.go). A client that only waits does not notice that the owner of the
# address died; the new owner resets the connection at the next packet.
KEEP_ALIVE_SECONDS = 30

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class Unanswered(OSError):
    """No complete response. The message is `phase: reason`, with phase one of connect, handshake, send, answer."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A complete response of the server."""

    status: int
    body: Json

    def at(self, *path: str | int) -> Json:
        """The value at `path` in the body, or None."""
        found = self.body
        for step in path:
            if isinstance(found, dict) and isinstance(step, str):
                found = found.get(step)
            elif isinstance(found, list) and isinstance(step, int) and step < len(found):
                found = found[step]
            else:
                return None
        return found

    def text(self, *path: str | int) -> str:
        """The text at `path`, or an empty one."""
        found = self.at(*path)
        return found if isinstance(found, str) else ""

    def items(self) -> list["Answer"]:
        """The objects of a list, each readable like a response."""
        found = self.at("items")
        return [Answer(status=self.status, body=item) for item in found] if isinstance(found, list) else []


class Connection:
    """A kept-alive connection, opened again after every failure. For one thread at a time."""

    def __init__(self, access: Access, to: Address | None = None, *, certificate: bool = True) -> None:
        self.to = to or access.endpoint
        self._dial = access.dial
        self._context = access.context(certificate=certificate)
        self._http: http.client.HTTPSConnection | None = None

    def get(self, path: str, *, deadline: float = 5.0) -> Answer:
        """GET within `deadline` seconds. Raises `Unanswered`."""
        return self.call("GET", path, deadline=deadline)

    def post(self, path: str, body: Json, *, deadline: float = 5.0) -> Answer:
        """POST within `deadline` seconds. Raises `Unanswered`."""
        return self.call("POST", path, body, deadline=deadline)

    def call(self, method: str, path: str, body: Json = None, *, deadline: float) -> Answer:
        """Any call within `deadline` seconds, connecting included. Raises `Unanswered`."""
        end = time.monotonic() + deadline
        phase = "connect"
        try:
            if self._http is None:
                raw = self._dial(self.to, _left(end))
                phase = "handshake"
                self._http = self._over(raw, end)
            phase = "send"
            sending = self._http
            sending.sock.settimeout(_left(end))
            payload = None if body is None else json.dumps(body)
            sending.request(method, path, payload, {"Content-Type": "application/json", "Accept": "application/json"})
            phase = "answer"
            sending.sock.settimeout(_left(end))
            response = sending.getresponse()
            text = response.read()
            if response.will_close:
                self.close()
            return Answer(status=response.status, body=_parsed(text))
        except (OSError, http.client.HTTPException, ValueError) as reason:
            self.close()
            raise Unanswered(f"{phase}: {_words(reason)}") from reason

    def close(self) -> None:
        """Drop the connection; the next call opens a new one."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def _over(self, raw: socket.socket, end: float) -> http.client.HTTPSConnection:
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEP_ALIVE_SECONDS)
            raw.settimeout(_left(end))
            made = http.client.HTTPSConnection(self.to.server_name, self.to.port, context=self._context)
            made.sock = self._context.wrap_socket(raw, server_hostname=self.to.server_name)
        except BaseException:
            raw.close()
            raise
        return made


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


def _parsed(text: bytes) -> Json:
    try:
        body: Json = json.loads(text)
    except ValueError:
        return text.decode(errors="replace")  # /readyz returns plain text
    return body


def _words(reason: Exception) -> str:
    if isinstance(reason, TimeoutError):
        return "timed out"
    if isinstance(reason, ssl.SSLError):
        return reason.reason or str(reason)
    return str(reason) or type(reason).__name__
