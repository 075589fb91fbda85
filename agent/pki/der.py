"""Reads the parts of DER (X.690) that certificates and signing requests use."""

from collections.abc import Iterator

_LONG_FORM = 0x80


def element(der: bytes, at: int = 0) -> tuple[int, bytes, int]:
    """(tag, content, position after it) of the element at a position. Raises IndexError without one."""
    tag, length, start = der[at], der[at + 1], at + 2
    if length & _LONG_FORM:
        size = length & ~_LONG_FORM
        length, start = int.from_bytes(der[start : start + size], "big"), start + size
    if start + length > len(der):
        raise IndexError("an element is longer than its container")
    return tag, der[start : start + length], start + length


def elements(content: bytes) -> Iterator[tuple[int, bytes]]:
    """(tag, content) of every element inside another."""
    at = 0
    while at < len(content):
        tag, inner, at = element(content, at)
        yield tag, inner
