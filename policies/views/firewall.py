"""Ingress of security groups in any notation, and which groups contain the control plane."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import collapse_addresses

from policies.addresses import Network, networks
from policies.properties import Properties, Undecidable
from policies.resources import Resource
from policies.stack import Stack, view
from policies.views.hosts import Host
from policies.views.load_balancers import load_balancers
from policies.views.machines import SUBNET, hosts
from policies.violation import Violation

GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
INTERFACE_GROUPS = "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment"
PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
PREFIX_ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"
VPC = "aws:ec2/vpc:Vpc"
GROUPS = (GROUP, DEFAULT_GROUP)
ALL = ("-1", "all")
TCP = ("tcp", "6")  # name and number (IANA)
WORLD_V4 = 28  # bits: no organisation has a network larger than a /4; the largest private one is a /8
WORLD_V6 = 112  # bits: shorter than a /16, more than any registry assigns to one organisation
_ATTACHED = ("vpcSecurityGroupIds", "securityGroups", "securityGroupNames", "networkInterfaces")


@dataclass(frozen=True)
class _Form:
    """Names of the properties in one notation of a rule."""

    networks: tuple[str, ...]
    protocol: str


RULES = _Form(("cidrBlocks", "ipv6CidrBlocks"), "protocol")
SINGLE = _Form(("cidrIpv4", "cidrIpv6"), "ipProtocol")


@dataclass(frozen=True, kw_only=True, eq=False)
class Opening:
    """Which sources may connect to which ports. `first` and `last` are ports; None for a protocol without ports."""

    resource: Resource
    protocol: str
    first: int | None
    last: int | None
    networks: tuple[str, ...]
    group: str  # URN of the security group, '' when it is not in the stack
    hidden: str = ""  # path of a network that is not known yet
    inner: str = ""  # VPC or subnet with this network, if the network is not known yet
    because: str = ""

    @property
    def all_traffic(self) -> bool:
        """Every protocol and port."""
        return self.protocol in ALL

    @property
    def world(self) -> bool:
        """Whether it is open to every address, as one network or as two halves."""
        return is_world(networks(self.networks))

    def sources(self) -> tuple[Network, ...]:
        """The networks that are let in. Raises Undecidable if one is not known."""
        if self.hidden:
            raise Undecidable(self.hidden, self.resource.urn)
        return networks(self.networks)

    def covers(self, port: int) -> bool:
        """Whether a TCP port is inside."""
        if self.all_traffic:
            return True
        return self.protocol in TCP and (self.first or 0) <= port <= (self.last or 65535)

    def violation(self, what: str) -> Violation:
        """A violation of this opening."""
        return Violation(what=what, urn=self.resource.urn, because=self.because)


def is_world(found: tuple[Network, ...]) -> bool:
    """Whether networks together are most of the Internet: 0.0.0.0/0, its two halves, or 2000::/3."""
    v4 = sum(n.num_addresses for n in collapse_addresses([n for n in found if n.version == 4]))  # noqa: PLR2004 -- IPv4
    v6 = sum(n.num_addresses for n in collapse_addresses([n for n in found if n.version == 6]))  # noqa: PLR2004 -- IPv6
    return v4 > 1 << WORLD_V4 or v6 > 1 << WORLD_V6


@view
def guarded(stack: Stack) -> Mapping[str, str]:
    """Security groups around machines of the control plane and its balancers, each with why it is judged."""
    found: dict[str, str] = {}
    for host in hosts(stack):
        if host.role not in ("control-plane", "etcd"):
            continue
        for group in groups_of(stack, host):
            found.setdefault(group.urn, f"{group.name} is judged because {host.name} is in it: {host.because}")
    for balancer in load_balancers(stack):
        for group in stack.sources(balancer.resource, "securityGroups", *GROUPS) if balancer.is_api else ():
            found.setdefault(group.urn, f"{group.name} is judged because it is the group of the API's balancer")
    return found


def groups_of(stack: Stack, host: Host) -> tuple[Resource, ...]:
    """Security groups of this stack that a machine is in."""
    return tuple(_around(stack, (*host.parts, *host.interfaces)) or _default(stack, host.subnets))


def _around(stack: Stack, resources: tuple[Resource, ...]) -> list[Resource]:
    found = [g for resource in resources for name in _ATTACHED for g in stack.sources(resource, name, *GROUPS)]
    urns = {resource.urn for resource in resources}
    for attachment in stack.of(INTERFACE_GROUPS):
        if attachment.sources("networkInterfaceId") & urns:
            found += stack.sources(attachment, "securityGroupId", *GROUPS)
    return found


def _default(stack: Stack, subnets: tuple[Resource, ...]) -> list[Resource]:
    """The default group of the machines' VPC, which a machine is in if it names no other."""
    vpcs = {vpc.urn for subnet in subnets for vpc in stack.sources(subnet, "vpcId", VPC)}
    return [g for g in stack.of(DEFAULT_GROUP) if vpcs & g.sources("vpcId")]


@view
def openings(stack: Stack) -> tuple[Opening, ...]:
    """Inline ingress, and rule resources of both kinds; egress is left out."""
    return tuple(_openings(stack))


def _openings(stack: Stack) -> Iterator[Opening]:
    for group in stack.of(*GROUPS):
        if group.properties.known("ingress") or group.sources("ingress"):
            inline = isinstance(group.properties.raw("ingress"), list | dict)
            if not inline and group.properties.has("ingress") and group.urn not in guarded(stack):
                continue
            for entry in group.properties.parts("ingress"):
                yield _opening(stack, group, entry, RULES, group.urn)
    for rule in stack.of(RULE):
        if rule.properties.known("type") and rule.properties.text("type") == "ingress":
            group_of = _group(stack, rule)
            yield _opening(stack, rule, rule.properties, RULES, group_of)
    for rule in stack.of(INGRESS):
        yield _opening(stack, rule, rule.properties, SINGLE, _group(stack, rule))


def _group(stack: Stack, rule: Resource) -> str:
    return next((group.urn for group in stack.sources(rule, "securityGroupId", *GROUPS)), "")


def _opening(stack: Stack, resource: Resource, entry: Properties, form: _Form, group: str) -> Opening:
    names, protocol = form.networks, form.protocol
    because = guarded(stack).get(group, "")
    if not because and not all(entry.known(name) for name in (protocol, "fromPort", "toPort")):
        return Opening(resource=resource, protocol="", first=None, last=None, networks=(), group=group)
    first, last = entry.number("fromPort"), entry.number("toPort")
    hidden = next((entry.at(name) for name in names if _unknown(entry, name)), "")
    # A network that AWS assigns to a VPC, and an address that it assigns to a machine, are not the Internet.
    made_of = [s for name in (*names, "ingress") for s in stack.sources(resource, name)] if hidden else []
    inner = next((source.name for source in made_of if source.type in (VPC, SUBNET)), "")
    if made_of and all(source.type.startswith("aws:ec2/") for source in made_of):
        hidden = ""
    known = [text for name in names if not _unknown(entry, name) for text in entry.texts(name)]
    return Opening(
        resource=resource,
        protocol=entry.text(protocol).lower(),
        first=None if first is None else int(first),
        last=None if last is None else int(last),
        networks=(*known, *_listed(stack, resource)),
        group=group,
        hidden=hidden if not resource.computed(names[0]) else "",
        inner=inner,
        because=because,
    )


def _unknown(entry: Properties, name: str) -> bool:
    try:
        entry.texts(name)
    except Undecidable:
        return True
    return False


def _listed(stack: Stack, resource: Resource) -> Iterator[str]:
    """Networks of prefix lists of this stack."""
    named = {urn for name in ("prefixListIds", "prefixListId", "ingress") for urn in resource.sources(name)}
    for prefix_list in stack.of(PREFIX_LIST):
        if prefix_list.urn in named:
            for entry in prefix_list.properties.parts("entries") if prefix_list.properties.known("entries") else ():
                yield entry.text("cidr") if entry.known("cidr") else ""
    for added in stack.of(PREFIX_ENTRY):
        if added.sources("prefixListId") & named and added.properties.known("cidr"):
            yield added.properties.text("cidr")
