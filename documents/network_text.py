"""Formats addresses for configuration files: IPv6 needs brackets before a port, and a prefix of 128."""

from collections.abc import Iterable
from ipaddress import IPv6Address

from plan.nodes import Address, Node


def host_port(address: Address, port: int) -> str:
    """`10.0.0.1:6443` or `[fd00::1]:6443`."""
    return f"[{address}]:{port}" if isinstance(address, IPv6Address) else f"{address}:{port}"


def single(address: Address) -> str:
    """The address as a network with one address: /32 or /128."""
    return f"{address}/{address.max_prefixlen}"


def speaks_ipv6(nodes: Iterable[Node]) -> bool:
    """Whether any of them has an IPv6 address."""
    return any(isinstance(node.address, IPv6Address) for node in nodes)
