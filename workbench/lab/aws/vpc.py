"""The network of the emulated AWS as a client in the VPC has it.

A socket belongs to the network namespace in which it was made, wherever its thread is later.
"""

import ctypes
import os
import secrets
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from ipaddress import IPv4Address, ip_address
from pathlib import Path

from workbench.lab.access import Address

DNS_PORT = 53
DNS_SECONDS = 0.5
LONGEST_PACKET = 4096
SHORTEST_TRY = 0.05  # seconds
_NETWORK = 0x40000000  # CLONE_NEWNET, linux/sched.h
_HEAD = struct.Struct("!HHHHHH")  # RFC 1035, 4.1.1
_RECORD = struct.Struct("!HHHIH")  # 4.1.3, with a pointer as its name


class Vpc:
    """`process`: the cloud's; `resolver`: the address of the VPC's name server; `endpoint`: the name of the API."""

    def __init__(self, process: int, *, resolver: str, endpoint: str) -> None:
        self._namespace = Path(f"/proc/{process}/ns/net")
        self._resolver, self._endpoint = resolver, endpoint

    @cached_property
    def _balancer(self) -> str:
        return self.addresses(self._endpoint)[0]

    def dial(self, to: Address, seconds: float) -> socket.socket:
        """A connection from inside. As clients in Go do, it looks the name up each time and tries every address.

        Raises OSError.
        """
        direct = _is_address(to.host)
        found = [to.host] if direct else self.addresses(to.host)
        last: OSError = ConnectionError(f"{to.host} has no address")
        for left, address in zip(range(len(found), 0, -1), found, strict=True):
            made = self._socket(socket.SOCK_STREAM)
            try:
                if direct:
                    # A node's group admits the balancer, and no client.
                    made.bind((self._balancer, 0))
                made.settimeout(max(SHORTEST_TRY, seconds / left))
                made.connect((address, to.port))
            except OSError as failed:
                made.close()
                last = failed
            else:
                return made
        raise last

    def addresses(self, name: str) -> list[str]:
        """The addresses of a name, as the VPC's name server has them now. Raises OSError."""
        number = secrets.randbelow(1 << 16)
        labels = b"".join(bytes([len(label)]) + label.encode("ascii") for label in name.rstrip(".").split("."))
        query = _HEAD.pack(number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", 1, 1)
        with self._socket(socket.SOCK_DGRAM) as asking:
            asking.settimeout(DNS_SECONDS)
            asking.sendto(query, (self._resolver, DNS_PORT))
            packet = asking.recv(LONGEST_PACKET)
        _, flags, _, count, _, _ = _HEAD.unpack_from(packet)
        if flags & 0xF:
            raise ConnectionError(f"the name server returns code {flags & 0xF} for {name}")
        place, found = len(query), []
        for _ in range(count):
            *_, size = _RECORD.unpack_from(packet, place)
            place += _RECORD.size
            found.append(str(IPv4Address(packet[place : place + size])))
            place += size
        return found

    def is_reached(self, address: str, port: int, *, seconds: float = 2.0) -> bool:
        """Whether a TCP connection from inside opens."""
        with self._socket(socket.SOCK_STREAM) as made:
            made.settimeout(seconds)
            return made.connect_ex((address, port)) == 0

    def _socket(self, kind: socket.SocketKind) -> socket.socket:
        with self._inside():
            return socket.socket(socket.AF_INET, kind)

    @contextmanager
    def _inside(self) -> Iterator[None]:
        """Only the calling thread enters."""
        library = ctypes.CDLL(None, use_errno=True)
        with Path("/proc/thread-self/ns/net").open("rb") as own, self._namespace.open("rb") as other:
            _enter(library, other.fileno())
            try:
                yield
            finally:
                _enter(library, own.fileno())


def _enter(library: ctypes.CDLL, namespace: int) -> None:
    if library.setns(namespace, _NETWORK) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
