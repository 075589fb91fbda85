"""Subnets of a VPC and the nodes' addresses in them, decided before anything exists."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, summarize_address_range
from itertools import islice

from plan.aws.places import usual_zones
from plan.settings.aws import Aws
from plan.settings.aws_network import Subnet
from plan.settings.hosts import HostNode

LARGEST_VPC, SMALLEST_VPC = 16, 28  # prefix lengths that AWS accepts
SMALLEST_SUBNET = 28
SMALLEST_MADE = 24  # a VPC that is divided here: sixteen subnets of at least /28
RESERVED_FIRST = 4  # network, router, DNS, one reserved for future use (AWS: subnet sizing)
FIRST_NODE = 10  # position of a subnet's first node, after AWS's own addresses and room for a jump host or two
NODES = (
    6  # nodes in one subnet: at most seven members are spread over the zones, and one of them may be under replacement
)
TIME_SERVER = "169.254.169.123"  # Amazon Time Sync, inside every VPC and without a route


def zones(aws: Aws) -> tuple[str, ...]:
    """The given zones, or the region's usual three; empty if the region has no usual ones."""
    return aws.zones or usual_zones(aws.region)


def private_subnets(aws: Aws) -> tuple[Subnet, ...]:
    """One for each zone, in the zones' order. ValueError if the VPC is too small to be divided."""
    return aws.network.subnets or _divided(aws, half=0)


def public_subnets(aws: Aws) -> tuple[Subnet, ...]:
    """Like `private_subnets`, but in the other half of the VPC; empty if not needed."""
    if aws.network.public_subnets:
        return aws.network.public_subnets
    needed = aws.network.vpc_id is None and (aws.load_balancer.public or aws.network.egress != "endpoints")
    return _divided(aws, half=1) if needed else ()


def _divided(aws: Aws, *, half: int) -> tuple[Subnet, ...]:
    cidr, found = aws.network.cidr, zones(aws)
    if not isinstance(cidr, IPv4Network) or not LARGEST_VPC <= cidr.prefixlen <= SMALLEST_MADE:
        raise ValueError(f"{cidr} cannot be divided")
    parts = list(cidr.subnets(new_prefix=min(SMALLEST_SUBNET, max(cidr.prefixlen + 4, 24))))
    start = half * len(parts) // 2
    if not found:
        raise ValueError("there are no zones to divide it for")
    if len(found) > len(parts) // 2:
        raise ValueError(f"{cidr} cannot be divided for {len(found)} zones")
    return tuple(Subnet(zone=zone, cidr=part) for zone, part in zip(found, parts[start:], strict=False))


def placed(aws: Aws, members: int) -> tuple[HostNode, ...]:
    """Nodes cp1, cp2, ... placed in the zones in turn, each with a fixed address.

    A node's place depends only on its number, so that growing and shrinking leave the others in place.
    ValueError if there is no room.
    """
    subnets = private_subnets(aws)
    return tuple(
        HostNode(
            name=f"cp{number + 1}",
            address=_address(subnets[number % len(subnets)], number // len(subnets)),
            failure_domain=subnets[number % len(subnets)].zone,
        )
        for number in range(members)
    )


def _address(subnet: Subnet, turn: int) -> IPv4Address:
    cidr = subnet.cidr
    if not isinstance(cidr, IPv4Network) or FIRST_NODE + turn >= cidr.num_addresses - 1:
        raise ValueError(f"{cidr} has no room")
    return cidr[FIRST_NODE + turn]


def node_ranges(cidr: IPv4Network) -> Sequence[IPv4Network]:
    """The `NODES` addresses of a subnet that are reserved for nodes, from the first node's on, as ranges."""
    last = min(int(cidr[FIRST_NODE]) + NODES - 1, int(cidr.broadcast_address) - 1)
    return tuple(summarize_address_range(cidr[FIRST_NODE], IPv4Address(last)))


def reserved(cidr: IPv4Network) -> Sequence[IPv4Address]:
    """The five addresses of a subnet that AWS reserves."""
    return (*islice(cidr, RESERVED_FIRST), cidr.broadcast_address)
