"""Ingress of security groups, however it is written."""

from dataclasses import dataclass

from policies.properties import Properties
from policies.resources import Resource
from policies.stack import Stack, view
from policies.violation import Violation

GROUP = "aws:ec2/securityGroup:SecurityGroup"
RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
ALL = ("-1", "all")
WORLD = frozenset({"0.0.0.0/0", "::/0"})


@dataclass(frozen=True, kw_only=True, eq=False)
class Opening:
    """Who may come in where. `first` and `last` are ports; None for a protocol without ports."""

    resource: Resource
    protocol: str
    first: int | None
    last: int | None
    networks: tuple[str, ...]
    group: str  # URN of the security group, '' when it is not in the stack

    @property
    def all_traffic(self) -> bool:
        """Every protocol and port."""
        return self.protocol in ALL

    @property
    def world(self) -> bool:
        """Open to every address."""
        return bool(WORLD & set(self.networks))

    def covers(self, port: int, protocol: str = "tcp") -> bool:
        """Whether a port is inside."""
        if self.all_traffic:
            return True
        return self.protocol in (protocol, "6") and (self.first or 0) <= port <= (self.last or 65535)

    def violation(self, what: str) -> Violation:
        """A violation of this opening."""
        return self.resource.violation(what)


@view
def openings(stack: Stack) -> tuple[Opening, ...]:
    """Inline ingress, rule resources of both kinds; egress is left out."""
    found = [
        _opening(group, entry, ("cidrBlocks", "ipv6CidrBlocks"), "protocol", group.urn)
        for group in stack.of(GROUP)
        if not group.computed("ingress")
        for entry in group.properties.parts("ingress")
    ]
    found += [
        _opening(rule, rule.properties, ("cidrBlocks", "ipv6CidrBlocks"), "protocol", _group(stack, rule))
        for rule in stack.of(RULE)
        if rule.properties.text("type") == "ingress"
    ]
    found += [
        _opening(rule, rule.properties, ("cidrIpv4", "cidrIpv6"), "ipProtocol", _group(stack, rule))
        for rule in stack.of(INGRESS)
    ]
    return tuple(found)


def _group(stack: Stack, rule: Resource) -> str:
    return next((group.urn for group in stack.sources(rule, "securityGroupId", GROUP)), "")


def _opening(resource: Resource, entry: Properties, networks: tuple[str, ...], protocol: str, group: str) -> Opening:
    first, last = entry.number("fromPort"), entry.number("toPort")
    return Opening(
        resource=resource,
        protocol=entry.text(protocol).lower(),
        first=None if first is None else int(first),
        last=None if last is None else int(last),
        networks=tuple(network for name in networks for network in entry.texts(name)),
        group=group,
    )
