"""VPC, subnets and the nodes' addresses in them (AWS: VPC and subnet sizing)."""

from collections.abc import Iterator
from contextlib import suppress
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
from plan.visible import shown


def vpc(settings: Settings) -> Iterator[Refusal]:
    """AWS accepts the range, and it can be divided if necessary."""
    if settings.aws is None:
        return
    network = settings.aws.network
    smallest = SMALLEST_VPC if network.subnets else SMALLEST_MADE
    if network.cidr.version != 4 or not LARGEST_VPC <= network.cidr.prefixlen <= smallest:  # noqa: PLR2004 - IPv4
        yield Refusal(
            at="aws.network.cidr",
            what=f"an IPv4 range from /{LARGEST_VPC} to /{smallest}",
            found=str(network.cidr),
            why="AWS allows no other size, and each zone gets a part of it",
            fix="such as 10.20.0.0/16",
        )
    if settings.network.hosts != network.cidr:
        why, fix = "on AWS they are the VPC's", "leave it out"
        at, what = "network.hosts", f"the VPC's range {network.cidr}, or left out"
        yield Refusal(at=at, what=what, found=str(settings.network.hosts), why=why, fix=fix)
    if network.secondary_cidrs and network.vpc_id is None:
        at, why = "aws.network.secondaryCidrs", "a VPC that is created here has one range"
        yield Refusal(at=at, what="left out without `vpcId`", found="set", why=why, fix="use a larger `cidr`")


def subnets(settings: Settings) -> Iterator[Refusal]:
    """Subnets are inside the VPC, disjoint, large enough and one per zone; only an existing VPC has existing ones."""
    if settings.aws is None:
        return
    listed = [*_listed(settings.aws)]
    for at, subnet in listed:
        yield from _shape(settings.aws, at, subnet)
    listed += _derived(settings.aws)
    for (at, one), (other_at, other) in combinations(listed, 2):
        if one.cidr.overlaps(other.cidr):
            why = "AWS refuses subnets that overlap"
            # Names a listed subnet rather than a derived one, which is not in the user's settings.
            blamed, apart = ((other_at, other), (at, one)) if other_at.endswith("]") else ((at, one), (other_at, other))
            what, fix = (
                f"disjoint from {apart[0]} ({apart[1].cidr})",
                "choose another range, or list both kinds of subnets",
            )
            yield Refusal(at=blamed[0], what=what, found=str(blamed[1].cidr), why=why, fix=fix)
    for key, given in (
        ("subnets", settings.aws.network.subnets),
        ("publicSubnets", settings.aws.network.public_subnets),
    ):
        wanted, found = sorted(zones(settings.aws)), sorted(subnet.zone for subnet in given)
        if given and wanted != found:
            yield Refusal(
                at=f"aws.network.{key}",
                what=f"one for each of {', '.join(wanted)}",
                found=", ".join(found),
                why="nodes and load balancer are placed by zone",
                fix="complete the list, or change `aws.zones`",
            )


def _listed(aws: Aws) -> Iterator[tuple[str, Subnet]]:
    for key, given in (("subnets", aws.network.subnets), ("publicSubnets", aws.network.public_subnets)):
        yield from ((f"aws.network.{key}[{index}]", subnet) for index, subnet in enumerate(given))


def _derived(aws: Aws) -> Iterator[tuple[str, Subnet]]:
    """Subnets derived from the VPC's range, if listed ones could overlap them."""
    for key, given, of in (
        ("subnets", aws.network.subnets, private_subnets),
        ("publicSubnets", aws.network.public_subnets, public_subnets),
    ):
        if not given and aws.network.vpc_id is None:
            with suppress(ValueError):
                yield from ((f"the derived {key} of {subnet.zone}", subnet) for subnet in of(aws))


def _shape(aws: Aws, at: str, subnet: Subnet) -> Iterator[Refusal]:
    cidr = subnet.cidr
    inside = any(
        isinstance(cidr, IPv4Network) and isinstance(r, IPv4Network) and cidr.subnet_of(r) for r in aws.network.ranges
    )
    if not inside:
        why, ranges = "a subnet is a part of its VPC", " or ".join(map(str, aws.network.ranges))
        fix = "correct it" if aws.network.vpc_id is None else "correct it, or add its range to `secondaryCidrs`"
        yield Refusal(at=f"{at}.cidr", what=f"inside the VPC's {ranges}", found=str(cidr), why=why, fix=fix)
    elif cidr.prefixlen > SMALLEST_SUBNET:
        why, fix = "AWS reserves five addresses and allows no smaller subnet", f"use a /{SMALLEST_SUBNET} or larger"
        yield Refusal(at=f"{at}.cidr", what=f"at least a /{SMALLEST_SUBNET}", found=str(cidr), why=why, fix=fix)
    if (subnet.id is None) != (aws.network.vpc_id is None):
        missing = subnet.id is None
        yield Refusal(
            at=f"{at}.id",
            what="set in an existing VPC, left out in one that is created",
            found="missing" if missing else shown(subnet.id),
            why="subnets are only created together with their VPC",
            fix="give `subnet-...`" if missing else "remove it, or give `aws.network.vpcId`",
        )


def existing(settings: Settings) -> Iterator[Refusal]:
    """In an existing VPC the subnets are listed, because an existing VPC is not divided."""
    if settings.aws is None or settings.aws.network.vpc_id is None:
        return
    network = settings.aws.network
    wanted = [("subnets", network.subnets)]
    wanted += [("publicSubnets", network.public_subnets)] if settings.aws.load_balancer.public else []
    for key, given in wanted:
        if not given:
            why = "this program does not know which addresses are free in your VPC"
            at, what = f"aws.network.{key}", "listed, because the VPC exists already"
            yield Refusal(at=at, what=what, found="missing", why=why, fix="give zone, cidr and id of each")


def addresses(settings: Settings) -> Iterator[Refusal]:
    """Every node is in its zone's subnet, at an address that AWS does not reserve."""
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
                at=f"{at}.failureDomain", what="one of the zones", found=shown(node.failure_domain), why=why, fix=fix
            )
        elif node.address not in cidr or not isinstance(cidr, IPv4Network) or node.address in reserved(cidr):
            kept = node.address in cidr
            yield Refusal(
                at=f"{at}.address",
                what=f"in {node.failure_domain}'s subnet {cidr}, except its first four and its last",
                found=f"{node.address}, {'which AWS reserves' if kept else f'outside {cidr}'}",
                why="an instance has an address of its subnet, and AWS reserves five of each subnet",
                fix=f"such as {cidr[FIRST_NODE]}",
            )


def room(settings: Settings) -> Iterator[Refusal]:
    """The VPC is large enough for all zones."""
    if settings.aws is None or settings.aws.network.cidr.version != 4:  # noqa: PLR2004 - reported by `vpc`
        return
    network = settings.aws.network
    try:
        public_subnets(settings.aws)
        private_subnets(settings.aws)
    except ValueError as error:
        if LARGEST_VPC <= network.cidr.prefixlen <= SMALLEST_MADE:
            why, fix = "each zone gets a subnet of at least /28", "use a larger range, or list the subnets"
            yield Refusal(at="aws.network.cidr", what="large enough for all zones", found=str(error), why=why, fix=fix)
