"""The range of each node's pods: derived from the node's own address, so that no other node can change it.

If ranges followed the order in which nodes join or are listed, removing a node would move the ranges of later ones; but
a running node's range cannot change.
"""

from collections.abc import Sequence
from functools import cache
from ipaddress import IPv4Network, IPv6Network
from math import isqrt

from plan.nodes import Address, Range
from plan.settings.hosts import HostNode

NODE_BITS = {4: 8, 6: 64}  # a /24 or a /64 for each node, as kube-controller-manager's default


def pod_ranges(host: HostNode, *, hosts: Range, pods: Sequence[Range]) -> tuple[Range, ...]:
    """Returns the ranges that the host sets itself, or one of each family. ValueError if `pods` has no room for one.

    The position of the host's address in the hosts' network selects the range: 10.88.0.11 in 10.88.0.0/24 gets
    10.244.11.0/24 of 10.244.0.0/16. If the hosts' network has more addresses than there are ranges, two hosts can get
    the same one; `plan.validation.pod_ranges` refuses that.
    """
    return host.pod_ranges or tuple(_nth(range_, _position(host.address, hosts), hosts) for range_ in pods)


def node_prefix(pods: Range) -> int:
    """Length of a node's prefix in this range."""
    return pods.max_prefixlen - NODE_BITS[pods.version]


def _position(address: Address, hosts: Range) -> int:
    return int(address) - int(hosts.network_address)


def _nth(pods: Range, position: int, hosts: Range) -> Range:
    spare = node_prefix(pods) - pods.prefixlen
    if spare < 0:
        raise ValueError(f"{pods} has no room for a /{node_prefix(pods)}")
    count = 2**spare
    # Hosts often have the same numbers in each subnet (.11, .12, .13); modulo a prime, those do not collide.
    direct = hosts.num_addresses <= count and 0 <= position < count
    number = position if direct else position % _prime(count)
    first = int(pods.network_address) + (number << NODE_BITS[pods.version])
    kind = IPv4Network if pods.version == 4 else IPv6Network  # noqa: PLR2004  IP's version
    return kind((first, node_prefix(pods)))


@cache
def _prime(most: int) -> int:
    """The largest prime up to `most` (at least 1); 1 if there is none."""
    return next((n for n in range(most, 1, -1) if all(n % d for d in range(2, isqrt(n) + 1))), 1)
