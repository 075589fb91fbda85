"""Calls to one API server. Each can be repeated without harm: apply, get, delete."""

import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from urllib.parse import urlencode

from provider.protocol.values import Properties, Value
from workbench.stand_ins.kubernetes.access import Access
from workbench.stand_ins.kubernetes.objects import items, text

CONNECT_SECONDS = 4.0
ANSWER_SECONDS = 35.0  # an API server ends a request with a timeout of 30 s after 34 s at most
PAUSE_SECONDS = 0.25
DOWN_SECONDS = (
    30.0  # seconds in which an unreachable server is tried only once, so that a hundred objects share one wait
)
AGAIN = frozenset({429, 500, 502, 503, 504})  # statuses of an API server while etcd elects a leader, or under load


class Unreachable(Exception):
    """The server did not respond. The text names the server and the reason."""


class Cancelled(Exception):
    """The user interrupted the update."""


class Answered(Exception):
    """The API server refused. `reason` is Kubernetes' own term, such as Conflict."""

    def __init__(self, status: int, body: Value) -> None:
        self.status = status
        self.reason = text(body, "reason")
        self.message = text(body, "message")
        self.about = text(body, "details", "kind")
        self.causes = tuple(items(body, "details", "causes"))
        super().__init__(f"{status} {self.reason}: {self.message}")


class Api:
    """One kept-alive connection for each thread. `patience`: seconds of repeated calls without a response."""

    def __init__(self, access: Access, cancelled: threading.Event) -> None:
        self.access = access
        self._cancelled = cancelled
        self._mine = threading.local()
        self._down_since = -DOWN_SECONDS

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Properties | None = None,
        kind: str = "application/json",
        patience: float,
    ) -> Properties:
        """The object in the response. Raises `Answered` for a refusal, `Unreachable` and `Cancelled`."""
        target = f"{path}?{urlencode(query)}" if query else path
        end = time.monotonic() + (patience if time.monotonic() > self._down_since + DOWN_SECONDS else 0.0)
        while True:
            kept = self._kept() is not None
            try:
                status, answer = self._once(method, target, body, kind)
            except (OSError, http.client.HTTPException) as reason:
                self._close()
                if kept:
                    continue  # the server may have closed an idle connection, which proves nothing
                if isinstance(reason, ssl.SSLCertVerificationError) or time.monotonic() >= end:
                    self._down_since = time.monotonic()
                    raise Unreachable(
                        f"the API server at {self.access.server} cannot be reached: {_words(reason)}"
                    ) from None
            else:
                self._down_since = -DOWN_SECONDS
                if status < http.HTTPStatus.MULTIPLE_CHOICES:
                    return answer
                if status not in AGAIN or time.monotonic() >= end:
                    raise Answered(status, answer)
            self.pause(PAUSE_SECONDS)

    def pause(self, seconds: float) -> None:
        """Wait. Raises `Cancelled`."""
        if self._cancelled.wait(seconds):
            raise Cancelled("the update was interrupted")

    def _once(self, method: str, target: str, body: Properties | None, kind: str) -> tuple[int, Properties]:
        connection = self._connection()
        payload = None if body is None else json.dumps(body)
        connection.request(method, target, payload, {"Content-Type": kind, "Accept": "application/json"})
        response = connection.getresponse()
        content = response.read()
        if response.will_close:
            self._close()
        try:
            answer: Value = json.loads(content)
        except ValueError:
            answer = {"message": content.decode(errors="replace")[:200]}
        return response.status, dict(answer) if isinstance(answer, Mapping) else {}

    def _connection(self) -> http.client.HTTPSConnection:
        kept = self._kept()
        if kept is None:
            access = self.access
            raw = _dialled(access)
            kept = http.client.HTTPSConnection(access.host, access.port, context=access.tls)
            try:
                kept.sock = access.tls.wrap_socket(raw, server_hostname=access.name)
                kept.sock.settimeout(ANSWER_SECONDS)
            except BaseException:
                raw.close()
                raise
            self._mine.connection = kept
        return kept

    def _kept(self) -> http.client.HTTPSConnection | None:
        kept: http.client.HTTPSConnection | None = getattr(self._mine, "connection", None)
        return kept

    def _close(self) -> None:
        kept = self._kept()
        if kept is not None:
            kept.close()
            self._mine.connection = None


def _dialled(access: Access) -> socket.socket:
    """A TCP connection to the API server, through the proxy if there is one (RFC 9110, CONNECT)."""
    if access.proxy is None:
        return socket.create_connection((access.host, access.port), CONNECT_SECONDS)
    # Behind a proxy there is a tunnel, which takes longer to open than a TCP connection.
    through = http.client.HTTPConnection(*access.proxy, timeout=ANSWER_SECONDS)
    through.set_tunnel(access.host, access.port)
    through.connect()
    return through.sock


def _words(reason: Exception) -> str:
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"its certificate is refused ({reason.verify_message})"
    if isinstance(reason, TimeoutError):
        return "no response in time"
    strerror = reason.strerror if isinstance(reason, OSError) else None
    return (strerror or str(reason) or type(reason).__name__).lower()
