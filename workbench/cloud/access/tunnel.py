"""The Instance Connect Endpoint's tunnel: a signed WebSocket that becomes a TCP connection to an instance."""

import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import parse_headers
from urllib.parse import parse_qs

from workbench.cloud.access import websocket
from workbench.cloud.access.websocket import Frames
from workbench.cloud.gaps.instance_connect import Endpoint, endpoints
from workbench.cloud.services import keys
from workbench.cloud.services.signature import Request, SignatureRefused, check

SERVICE, PATH = "ec2-instance-connect", "/openTunnel"
PORTS = (22, 3389)  # EC2 User Guide, "Connect using EC2 Instance Connect Endpoint"
LONGEST_SECONDS, LONGEST_SIGNED = 3_600, 60
CONNECT_SECONDS, HANDSHAKE_SECONDS = 10.0, 20.0
BACKLOG, CHUNK, LONGEST_LINE = 64, 1 << 16, 1 << 14

Connect = Callable[[Endpoint, str, int], socket.socket]


class TunnelRefused(Exception):
    """The tunnel is refused; `status` is the HTTP status."""

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        super().__init__(text)


class Tunnels:
    """Serves tunnels on a listening socket. `connect` opens the connection inside the VPC."""

    def __init__(self, listening: socket.socket, context: ssl.SSLContext, connect: Connect) -> None:
        self._listening, self._context, self._connect = listening, context, connect
        self.address: str = listening.getsockname()[0]
        listening.listen(BACKLOG)
        threading.Thread(target=self._accept, name="tunnels", daemon=True).start()

    def stop(self) -> None:
        """Stop accepting tunnels."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        plain.settimeout(HANDSHAKE_SECONDS)
        with suppress(OSError, ValueError):
            connection = self._context.wrap_socket(plain, server_side=True)
            # A client sends no data before the handshake's response, so no data is lost in the buffer.
            stream = connection.makefile("rb")
            method, target, _ = stream.readline(LONGEST_LINE).decode("ascii").split()
            headers = {name.lower(): value for name, value in parse_headers(stream).items()}
            path, _, query = target.partition("?")
            request = Request(method=method, path=path, query=query, headers=headers)
            try:
                inside = self._open(request)
            except TunnelRefused as refused:
                text = str(refused).encode()
                head = f"HTTP/1.1 {refused.status} Refused\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n"
                connection.sendall(head.encode() + text)
                connection.close()
                return
            connection.sendall(websocket.accepting(headers["sec-websocket-key"]))
            seconds = int(parse_qs(query).get("maxTunnelDuration", [str(LONGEST_SECONDS)])[0])
            carry(connection, inside, seconds)
        plain.close()

    def _open(self, request: Request) -> socket.socket:
        if request.method != "GET" or request.path != PATH or "sec-websocket-key" not in request.headers:
            raise TunnelRefused(404, "not a tunnel")
        given = {name: values[0] for name, values in parse_qs(request.query).items()}
        try:
            check(request, SERVICE, keys.find)
        except SignatureRefused as refused:
            raise TunnelRefused(403, f"{refused.code}: {refused}") from None
        if not given.get("X-Amz-Expires", "").isdigit() or int(given["X-Amz-Expires"]) > LONGEST_SIGNED:
            raise TunnelRefused(403, f"a signature is valid for {LONGEST_SIGNED} s at most")
        host = request.headers.get("host", "").partition(":")[0]
        found = [each for each in endpoints() if each.id == given.get("instanceConnectEndpointId")]
        if not found or found[0].dns_name != host or found[0].state != "create-complete":
            raise TunnelRefused(404, "the endpoint does not exist")
        port, duration = given.get("remotePort", ""), given.get("maxTunnelDuration", str(LONGEST_SECONDS))
        if not port.isdigit() or int(port) not in PORTS:
            raise TunnelRefused(400, f"ports are {PORTS[0]} and {PORTS[1]} only")
        if not duration.isdigit() or not 0 < int(duration) <= LONGEST_SECONDS:
            raise TunnelRefused(400, f"a tunnel lasts {LONGEST_SECONDS} s at most")
        try:
            return self._connect(found[0], given.get("privateIpAddress", ""), int(port))
        except OSError as reason:
            raise TunnelRefused(502, f"the instance cannot be reached: {reason}") from None


def carry(outside: ssl.SSLSocket, inside: socket.socket, seconds: float) -> None:
    """Copy bytes until one side closes or the time is over, in one thread, because a TLS connection needs one."""
    frames, until = Frames(), time.monotonic() + seconds
    inside.settimeout(None)
    outside.settimeout(None)
    with inside, outside, suppress(OSError, ValueError):
        while not frames.closed and time.monotonic() < until:
            ready: list[socket.socket] = [outside] if outside.pending() else []
            if not ready:
                ready, _, _ = select.select([outside, inside], [], [], min(1.0, max(0.0, until - time.monotonic())))
            if outside in ready:
                given = outside.recv(CHUNK)
                data, answers = frames.take(given)
                inside.sendall(data)
                outside.sendall(answers)
                if not given:
                    return
            if inside in ready:
                data = inside.recv(CHUNK)
                outside.sendall(websocket.frame(data) if data else websocket.closing(1000))
                if not data:
                    return
        outside.sendall(websocket.closing(1000))
