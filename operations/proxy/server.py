"""An HTTP proxy that supports one method, CONNECT (RFC 9110), and one destination: the API of one environment."""

import json
import socket
import threading
import time
from collections.abc import Mapping

from operations.environment import OperationFailed
from operations.proxy.route import Route

HOST = "127.0.0.1"
# The proxy ends by itself after this many seconds without a connection. An update waits up to 40 minutes for nodes.
IDLE_SECONDS = 3_600.0
HEAD_BYTES = 8_192
HEAD_SECONDS = 10.0
ABOUT, END = "GET /quorate ", "DELETE /quorate "


def proxy_url(port: int) -> str:
    """The URL for a kubeconfig."""
    return f"http://{HOST}:{port}"


class Server:
    """Listens on `port`. `about` identifies this proxy."""

    def __init__(self, port: int, route: Route, about: Mapping[str, str]) -> None:
        """Start to listen. Raises OSError if the port is in use."""
        self._listener = socket.create_server((HOST, port))
        self.port = int(self._listener.getsockname()[1])
        self._route, self._about = route, about
        self._open = 0
        self._last = time.monotonic()
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def serve(self, *, idle: float = IDLE_SECONDS) -> None:
        """Serve until a client ends it, or until it was idle for this many seconds."""
        self._listener.settimeout(0.5)
        while not self._ended.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                if not self._open and time.monotonic() - self._last > idle:
                    break
                continue
            client.settimeout(HEAD_SECONDS)
            threading.Thread(target=self._attend, args=(client,), daemon=True).start()
        self._listener.close()
        self._route.close()

    def end(self) -> None:
        """Stop serving."""
        self._ended.set()

    def _attend(self, client: socket.socket) -> None:
        with self._lock:
            self._open += 1
        try:
            with client:
                self._answer(client, _head(client))
        except OSError:
            return  # the client has disconnected
        finally:
            with self._lock:
                self._open -= 1
                self._last = time.monotonic()

    def _answer(self, client: socket.socket, head: str) -> None:
        if head.startswith(ABOUT):
            _say(client, "200 OK", json.dumps(self._about))
        elif head.startswith(END):
            _say(client, "200 OK")
            self._ended.set()
        elif head.startswith("CONNECT "):
            self._connect(client, head.split()[1])
        else:
            _say(client, "405 Only CONNECT is served here")

    def _connect(self, client: socket.socket, target: str) -> None:
        host, _, port = target.rpartition(":")
        try:
            if not port.isdigit() or not self._route.permits(host.strip("[]"), int(port)):
                _say(client, f"403 This proxy does not serve {target}")
                return
            process = self._route.carry(client, host, int(port))
        except OperationFailed as failure:
            _say(client, f"502 {' '.join(str(failure).split())}")
            return
        _say(client, "200 Connected", end=False)
        process.wait()


def _head(client: socket.socket) -> str:
    """Read the request's head. A proxy's client sends nothing else before it has a response."""
    head = b""
    while b"\r\n\r\n" not in head and len(head) < HEAD_BYTES:
        data = client.recv(HEAD_BYTES)
        if not data:
            break
        head += data
    return head.decode("latin-1")


def _say(client: socket.socket, status: str, body: str = "", *, end: bool = True) -> None:
    headers = f"Content-Length: {len(body)}\r\nConnection: close\r\n" if end else ""
    client.sendall(f"HTTP/1.1 {status}\r\n{headers}\r\n{body}".encode("latin-1", errors="replace"))
