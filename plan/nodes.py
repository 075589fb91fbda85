"""Control-plane nodes: all equal, each with a fixed address."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, kw_only=True)
class Node:
    """One machine of the control plane. `index` counts from 0 in the order of the settings."""

    name: str
    address: Address
    failure_domain: str
    index: int
