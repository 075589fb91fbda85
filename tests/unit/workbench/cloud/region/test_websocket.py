import os
import struct

import pytest

from workbench.cloud.access.websocket import Frames, accepting, closing, frame


def masked(data: bytes, kind: int = 2) -> bytes:
    mask = os.urandom(4)
    size = len(data)
    if size < 126:
        head = struct.pack("!BB", 0x80 | kind, 0x80 | size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", 0x80 | kind, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", 0x80 | kind, 0x80 | 127, size)
    return head + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))


def test_the_handshake_of_the_standard_is_answered_as_there() -> None:
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in accepting("dGhlIHNhbXBsZSBub25jZQ==")


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 200_000])
def test_frames_arrive_whole_however_they_are_cut(size: int) -> None:
    data, frames, found = os.urandom(size), Frames(), b""
    sent = masked(data) + masked(b"end")
    for start in range(0, len(sent), 1009):
        found += frames.take(sent[start : start + 1009])[0]
    assert found == data + b"end"


def test_a_ping_is_answered_and_a_close_ends_it() -> None:
    frames = Frames()
    assert frames.take(masked(b"here", 9)) == (b"", frame(b"here", 10))
    frames.take(masked(struct.pack("!H", 1000), 8))
    assert frames.closed
    assert closing(1000)[0] == 0x88


def test_frames_that_a_client_may_not_send_are_refused() -> None:
    with pytest.raises(ValueError, match="masked"):
        Frames().take(frame(b"plain"))
    with pytest.raises(ValueError, match="binary"):
        Frames().take(masked(b"text", 1))
