"""Queries and responses of the Domain Name System (RFC 1035), with A records only."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

A, CLASS_IN = 1, 1
NO_ERROR, MALFORMED, SERVER_FAILURE, NO_NAME, REFUSED = 0, 1, 2, 3, 5
_HEAD = struct.Struct("!HHHHHH")
_RESPONSE, _AUTHORITATIVE, _RECURSION = 0x8000, 0x0400, 0x0080
_RECURSION_DESIRED = 0x0100
_NAME_POINTER = b"\xc0\x0c"  # pointer to the question's name


@dataclass(frozen=True, kw_only=True)
class Question:
    """`name` is in lower case, without the dot at the end; `raw` is the question section."""

    number: int
    name: str
    kind: int
    recursion: bool
    raw: bytes


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`code` is the response code; `seconds` the time to live."""

    code: int = NO_ERROR
    addresses: Sequence[str] = ()
    seconds: int = 60


def question(packet: bytes) -> Question:
    """The first question of a packet. Raises ValueError."""
    try:
        number, flags, count, *_ = _HEAD.unpack_from(packet)
        labels, place = [], _HEAD.size
        while length := packet[place]:
            labels.append(packet[place + 1 : place + 1 + length].decode("ascii"))
            place += 1 + length
        kind, _ = struct.unpack_from("!HH", packet, place + 1)
    except (struct.error, IndexError, UnicodeDecodeError):
        raise ValueError("not a question") from None
    if count != 1 or flags & _RESPONSE:
        raise ValueError("not a question")
    return Question(
        number=number,
        name=".".join(labels).lower(),
        kind=kind,
        recursion=bool(flags & _RECURSION_DESIRED),
        raw=packet[_HEAD.size : place + 5],
    )


def response(asked: Question, answer: Answer) -> bytes:
    """The response packet; a name without records of the requested kind gets an empty response."""
    addresses = answer.addresses if asked.kind == A else ()
    flags = _RESPONSE | _AUTHORITATIVE | _RECURSION | answer.code | (_RECURSION_DESIRED if asked.recursion else 0)
    records = b"".join(
        _NAME_POINTER + struct.pack("!HHIH", A, CLASS_IN, answer.seconds, 4) + IPv4Address(address).packed
        for address in addresses
    )
    return _HEAD.pack(asked.number, flags, 1, len(addresses), 0, 0) + asked.raw + records
