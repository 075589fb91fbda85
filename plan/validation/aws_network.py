"""VPC, subnets and the nodes' addresses in them (AWS: VPC and subnet sizing)."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import combinations

from plan.aws.subnets import (
    FIRST_NODE,
    LARGEST_VPC,
    SMALLEST_MADE,
    SMALLEST_SUBNET,
    SMALLEST_VPC,
    private_subnets,
    public_subnets,
    reserved,
    zones,
)
from plan.refusal import Refusal
from plan.settings.aws import Aws
from plan.settings.aws_network import Subnet
from plan.settings.cluster import Settings

LAST_PORT = 65_535


def vpc(settings: Settings) -> Iterator[Refusal]:
    """A range that AWS accepts, and that can be divided where it has to be."""
    if settings.aws is None:
        return
    network = settings.aws.network
    smallest = SMALLEST_VPC if network.subnets else SMALLEST_MADE
    if network.cidr.version != 4 or not LARGEST_VPC <= network.cidr.prefixlen <= smallest:  # noqa: PLR2004 - IPv4
        yield Refusal(
            at="aws.network.cidr",
            bound=f"an IPv4 range from /{LARGEST_VPC} to /{smallest}",
            got=str(network.cidr),
            why="AWS allows no other, and each zone gets a subnet of it",
            fix="such as 10.20.0.0/16",
        )
    if settings.network.hosts != network.cidr:
        why, fix = "on AWS they are the VPC's", "leave it out"
        at, bound = "network.hosts", f"the VPC's range {network.cidr}, or left out"
        yield Refusal(at=at, bound=bound, got=str(settings.network.hosts), why=why, fix=fix)
    if network.vpc_id is not None and not re.fullmatch(r"vpc-[0-9a-f]+", network.vpc_id):
        at, why = "aws.network.vpcId", "the subnets are looked up in it"
        yield Refusal(at=at, bound="a VPC's id", got=repr(network.vpc_id), why=why, fix="such as vpc-0123456789abcdef0")


def subnets(settings: Settings) -> Iterator[Refusal]:
    """Inside the VPC, apart, large enough, one for each zone; existing exactly when the VPC is."""
    if settings.aws is None:
        return
    listed = [*_listed(settings.aws)]
    for at, subnet in listed:
        yield from _shape(settings.aws, at, subnet)
    for (at, one), (other_at, other) in combinations(listed, 2):
        if one.cidr.overlaps(other.cidr):
            why = "AWS refuses subnets that overlap"
            yield Refusal(
                at=other_at, bound=f"apart from {at} ({one.cidr})", got=str(other.cidr), why=why, fix="correct it"
            )
    for key, given in (
        ("subnets", settings.aws.network.subnets),
        ("publicSubnets", settings.aws.network.public_subnets),
    ):
        wanted, found = sorted(zones(settings.aws)), sorted(subnet.zone for subnet in given)
        if given and wanted != found:
            yield Refusal(
                at=f"aws.network.{key}",
                bound=f"one for each of {', '.join(wanted)}",
                got=", ".join(found),
                why="nodes and load balancer are placed by zone",
                fix="complete the list, or change `aws.zones`",
            )


def _listed(aws: Aws) -> Iterator[tuple[str, Subnet]]:
    for key, given in (("subnets", aws.network.subnets), ("publicSubnets", aws.network.public_subnets)):
        yield from ((f"aws.network.{key}[{index}]", subnet) for index, subnet in enumerate(given))


def _shape(aws: Aws, at: str, subnet: Subnet) -> Iterator[Refusal]:
    cidr, vpc_cidr = subnet.cidr, aws.network.cidr
    if not (isinstance(cidr, IPv4Network) and isinstance(vpc_cidr, IPv4Network) and cidr.subnet_of(vpc_cidr)):
        why = "a subnet is a part of its VPC"
        yield Refusal(at=f"{at}.cidr", bound=f"inside the VPC's {vpc_cidr}", got=str(cidr), why=why, fix="correct it")
    elif cidr.prefixlen > SMALLEST_SUBNET:
        why, fix = "AWS keeps five addresses of each and allows none smaller", f"use a /{SMALLEST_SUBNET} or larger"
        yield Refusal(at=f"{at}.cidr", bound=f"at least a /{SMALLEST_SUBNET}", got=str(cidr), why=why, fix=fix)
    if (subnet.id is None) != (aws.network.vpc_id is None):
        missing = subnet.id is None
        yield Refusal(
            at=f"{at}.id",
            bound="given in an existing VPC, absent in one that is made",
            got="missing" if missing else repr(subnet.id),
            why="subnets are made together with their VPC, or not at all",
            fix="give `subnet-...`" if missing else "remove it, or give `aws.network.vpcId`",
        )


def existing(settings: Settings) -> Iterator[Refusal]:
    """In an existing VPC the subnets are named: nothing is divided there."""
    if settings.aws is None or settings.aws.network.vpc_id is None:
        return
    network = settings.aws.network
    wanted = [("subnets", network.subnets)]
    wanted += [("publicSubnets", network.public_subnets)] if settings.aws.load_balancer.public else []
    for key, given in wanted:
        if not given:
            why = "which addresses are free in a VPC of yours is not known here"
            at, bound = f"aws.network.{key}", "listed, because the VPC exists already"
            yield Refusal(at=at, bound=bound, got="missing", why=why, fix="give zone, cidr and id of each")


def addresses(settings: Settings) -> Iterator[Refusal]:
    """Every node in its zone's subnet, at an address that AWS does not keep for itself."""
    if settings.aws is None:
        return
    try:
        by_zone = {subnet.zone: subnet.cidr for subnet in private_subnets(settings.aws)}
    except ValueError:
        return  # the VPC was refused
    for index, node in enumerate(settings.nodes):
        at, cidr = f"nodes[{index}]", by_zone.get(node.failure_domain)
        if cidr is None:
            why, fix = "a node is in a zone's subnet", f"use one of {', '.join(by_zone)}"
            yield Refusal(
                at=f"{at}.failureDomain", bound="one of the zones", got=repr(node.failure_domain), why=why, fix=fix
            )
        elif node.address not in cidr or not isinstance(cidr, IPv4Network) or node.address in reserved(cidr):
            kept = node.address in cidr
            yield Refusal(
                at=f"{at}.address",
                bound=f"in {node.failure_domain}'s subnet {cidr}, and none of its first four or its last",
                got=f"{node.address}, {'which AWS keeps for itself' if kept else f'outside {cidr}'}",
                why="an instance's address is one of its subnet's, and five of each subnet are AWS's own",
                fix=f"such as {cidr[FIRST_NODE]}",
            )


def room(settings: Settings) -> Iterator[Refusal]:
    """Zones and nodes fit into what is divided."""
    if settings.aws is None or settings.aws.network.cidr.version != 4:  # noqa: PLR2004 - reported by `vpc`
        return
    network = settings.aws.network
    try:
        public_subnets(settings.aws)
        private_subnets(settings.aws)
    except ValueError as error:
        if LARGEST_VPC <= network.cidr.prefixlen <= SMALLEST_MADE:
            why, fix = "each zone gets a subnet of at least /28", "use a larger range, or list the subnets"
            yield Refusal(at="aws.network.cidr", bound="large enough for all zones", got=str(error), why=why, fix=fix)


def openings(settings: Settings) -> Iterator[Refusal]:
    """Ports that exist."""
    if settings.aws is None:
        return
    for index, opening in enumerate(settings.aws.network.openings):
        if not 1 <= opening.port <= LAST_PORT:
            at, why = f"aws.network.openings[{index}].port", "it is opened between the nodes"
            yield Refusal(at=at, bound=f"from 1 to {LAST_PORT}", got=opening.port, why=why, fix="such as 8472")
