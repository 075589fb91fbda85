"""Control-plane nodes: all equal, each with a fixed address."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Range = IPv4Network | IPv6Network


@dataclass(frozen=True, kw_only=True)
class Node:
    """One machine of the cluster. `index` counts from 0 in the order of the settings, separately for nodes and workers.

    `pod_ranges`: the addresses of its pods, one range for each family; empty for a balancer.
    """

    name: str
    address: Address
    failure_domain: str
    index: int
    pod_ranges: tuple[Range, ...] = ()
