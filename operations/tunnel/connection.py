"""Copies bytes between two streams and a private address, through the endpoint's WebSocket."""

import os
import ssl
import threading
from typing import TYPE_CHECKING

from operations.tunnel import failure
from operations.tunnel.endpoint import Endpoint

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

OPEN_SECONDS = 10.0
CHUNK = 65_536  # bytes of one frame


def carry(endpoint: Endpoint, address: str, port: int, *, source: int, target: int) -> None:
    """Connect, then copy until either side ends. `source` and `target` are file descriptors.

    Raises `NoSession`, and `TunnelFailed` if no connection opens or if it breaks before the first byte arrives.
    """
    from websockets.exceptions import ConnectionClosed  # noqa: PLC0415 -- see Account

    with _opened(endpoint, address, port) as socket:
        threading.Thread(target=_send, args=(socket, source), daemon=True).start()
        heard = False
        try:
            for frame in socket:
                heard = True
                _write(target, frame if isinstance(frame, bytes) else frame.encode())
        except ConnectionClosed as closed:
            if not heard:
                code, reason = (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (1006, "no close frame")
                raise failure.broken(endpoint.id, address, port, code=code, reason=reason) from None
            return
        if not heard and not socket.close_code == 1000:  # noqa: PLR2004 -- a normal end (RFC 6455, 7.4.1)
            raise failure.broken(
                endpoint.id, address, port, code=socket.close_code or 1006, reason=socket.close_reason or ""
            )


def _opened(endpoint: Endpoint, address: str, port: int) -> "ClientConnection":
    from websockets.exceptions import InvalidHandshake, InvalidStatus  # noqa: PLC0415 -- see Account
    from websockets.sync.client import connect  # noqa: PLC0415

    url = endpoint.url(address, port)
    # The AWS CLI and the SDKs read the same variable for a private authority.
    trust = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE") or None)
    try:
        # No pings: SSH keeps its own connection alive, and the endpoint is not guaranteed to respond to pings.
        return connect(
            url,
            ssl=trust,
            open_timeout=OPEN_SECONDS,
            ping_interval=None,
            close_timeout=1,
            compression=None,
            max_size=None,
        )
    except InvalidStatus as error:
        body = (error.response.body or b"").decode(errors="replace")
        raise failure.refused(endpoint.id, error.response.status_code, body) from None
    except (OSError, InvalidHandshake) as error:
        raise failure.unreachable(f"{endpoint.id} ({endpoint.name})", error) from None


def _send(socket: "ClientConnection", source: int) -> None:
    from websockets.exceptions import ConnectionClosed  # noqa: PLC0415 -- see Account

    try:
        while data := os.read(source, CHUNK):
            socket.send(data)
        socket.close()
    except (ConnectionClosed, OSError):
        return  # the receiving half reports the reason


def _write(target: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(target, left) :]
