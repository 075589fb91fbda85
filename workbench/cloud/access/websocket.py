"""A server's side of WebSocket (RFC 6455): the handshake, and bytes in binary frames."""

import base64
import hashlib
import struct

_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
_TEXT, _BINARY, _CLOSE, _PING, _PONG, _CONTINUATION = 1, 2, 8, 9, 10, 0
_LONG, _LONGER = 126, 127
LARGEST = 1 << 20  # bytes of a frame


def accepting(key: str) -> bytes:
    """The response that turns a connection into a WebSocket."""
    digest = hashlib.sha1(f"{key}{_MAGIC}".encode(), usedforsecurity=False).digest()
    lines = (
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def frame(data: bytes, kind: int = _BINARY) -> bytes:
    """One whole frame to a client, which is never masked."""
    size = len(data)
    if size < _LONG:
        head = struct.pack("!BB", 0x80 | kind, size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", 0x80 | kind, _LONG, size)
    else:
        head = struct.pack("!BBQ", 0x80 | kind, _LONGER, size)
    return head + data


def closing(code: int, reason: str = "") -> bytes:
    """The last frame."""
    return frame(struct.pack("!H", code) + reason.encode()[:120], _CLOSE)


class Frames:
    """Parses a client's bytes as they arrive; returns data and the response frames."""

    def __init__(self) -> None:
        self._rest = b""
        self.closed = False

    def take(self, more: bytes) -> tuple[bytes, bytes]:
        """The data of all complete frames, and frames to send. Raises ValueError."""
        self._rest += more
        data, answers = b"", b""
        while not self.closed and (found := _frame(self._rest)) is not None:
            kind, plain, size = found
            self._rest = self._rest[size:]
            if kind in {_BINARY, _CONTINUATION}:
                data += plain
            elif kind == _PING:
                answers += frame(plain, _PONG)
            elif kind == _CLOSE:
                self.closed = True
            elif kind == _TEXT:
                raise ValueError("a tunnel carries binary frames")
        return data, answers


def _frame(given: bytes) -> tuple[int, bytes, int] | None:
    """Kind, data and whole size of the first frame, if it is complete."""
    place = 2
    if len(given) < place:
        return None
    kind, size = given[0] & 0x0F, given[1] & 0x7F
    for short, layout in ((_LONG, "!H"), (_LONGER, "!Q")):
        if size == short:
            if len(given) < place + struct.calcsize(layout):
                return None
            size, place = struct.unpack_from(layout, given, place)[0], place + struct.calcsize(layout)
            break
    if not given[1] & 0x80 or size > LARGEST:
        raise ValueError("a client's frames are masked and at most a mebibyte long")
    end = place + 4 + size
    if len(given) < end:
        return None
    return kind, _unmasked(given[place + 4 : end], given[place : place + 4]), end


def _unmasked(data: bytes, mask: bytes) -> bytes:
    size = len(data)
    whole = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
    return (int.from_bytes(data, "big") ^ whole).to_bytes(size, "big")
