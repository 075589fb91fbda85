"""Texts that travel as base64 or gzip, unpacked within limits."""

import base64
import binascii
import re
import zlib

from policies.parsers.limits import UNPACKED
from policies.parsers.yaml_values import Unreadable

_BASE64 = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*")
GZIP = b"\x1f\x8b"
_SHORTEST = 16  # characters: a shorter text, such as `reboot`, is a command and not base64


def decoded(text: str) -> str:
    """The text inside base64 and gzip, or the text itself if it is neither. Raises `Unreadable`."""
    if len(text) < _SHORTEST or not _BASE64.fullmatch(text):
        return text
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return text
    if data[:2] == GZIP:
        return unpacked(data)
    try:
        inner = data.decode()
    except ValueError:
        return text
    return inner if inner.isprintable() or "\n" in inner else text


def unpacked(data: bytes) -> str:
    """Decodes bytes that may be gzip. Raises `Unreadable`."""
    if data[:2] == GZIP:
        opened = zlib.decompressobj(wbits=31)
        try:
            data = opened.decompress(data, UNPACKED)
        except zlib.error:
            raise Unreadable("it is not gzip after its first bytes") from None
        if opened.unconsumed_tail:
            raise Unreadable(f"it has more than {UNPACKED} bytes when unpacked")
        if not opened.eof:
            raise Unreadable("its gzip stream ends too early")
    return data.decode(errors="replace")
