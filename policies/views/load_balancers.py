"""AWS load balancers (aws.lb): listeners, target groups and targets put together by what refers to what."""

from collections.abc import Iterable
from dataclasses import dataclass

from policies.properties import Properties, Undecidable, Unknown
from policies.resources import Resource
from policies.stack import Stack, view
from policies.violation import Violation

API_PORT = 6443  # kube-apiserver's default secure port
BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
LISTENERS = ("aws:lb/listener:Listener", "aws:alb/listener:Listener")
GROUPS = ("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup")
ATTACHMENTS = (
    "aws:lb/targetGroupAttachment:TargetGroupAttachment",
    "aws:alb/targetGroupAttachment:TargetGroupAttachment",
)
SUBNET = "aws:ec2/subnet:Subnet"


@dataclass(frozen=True, kw_only=True, eq=False)
class Attachment:
    """One target: the resources its id is made of, or the address itself; `port` None means the group's."""

    resource: Resource
    targets: tuple[Resource, ...]
    address: str
    port: int | None


@dataclass(frozen=True, kw_only=True, eq=False)
class TargetGroup:
    """Where a listener sends connections."""

    resource: Resource
    port: int | None
    protocol: str
    attachments: tuple[Attachment, ...]

    @property
    def health(self) -> Properties:
        """The health check as it is written. Raises Undecidable where AWS will choose it."""
        return self.resource.properties.part("healthCheck")


@dataclass(frozen=True, kw_only=True, eq=False)
class Listener:
    """Where clients of a load balancer arrive."""

    resource: Resource
    port: int | None
    protocol: str
    certificate: bool  # a certificate is attached: TLS would end here
    groups: tuple[TargetGroup, ...]

    @property
    def is_api(self) -> bool:
        """Whether API servers are behind it."""
        return self.port == API_PORT or any(group.port == API_PORT for group in self.groups)


@dataclass(frozen=True, kw_only=True, eq=False)
class LoadBalancer:
    """A load balancer; `listeners` are those that name it."""

    resource: Resource
    kind: str  # network, application, gateway
    listeners: tuple[Listener, ...]
    subnets: tuple[Resource, ...]

    @property
    def is_api(self) -> bool:
        """Whether one of its listeners serves the Kubernetes API."""
        return any(listener.is_api for listener in self.listeners)

    @property
    def subnet_count(self) -> int:
        """How many subnets it is in, known even when their ids are not."""
        properties = self.resource.properties
        for name in ("subnets", "subnetMappings"):
            value = properties.raw(name)
            if isinstance(value, list):
                return len(value)
            if isinstance(value, Unknown):
                raise Undecidable(name, self.resource.urn)
        return 0

    def api_listeners(self) -> Iterable[Listener]:
        """Listeners with API servers behind them."""
        return (listener for listener in self.listeners if listener.is_api)

    def api_groups(self) -> tuple[TargetGroup, ...]:
        """Target groups of those listeners, each once."""
        return tuple({g.resource.urn: g for listener in self.api_listeners() for g in listener.groups}.values())

    def violation(self, what: str) -> Violation:
        """A violation of this load balancer."""
        return self.resource.violation(what)


@view
def load_balancers(stack: Stack) -> tuple[LoadBalancer, ...]:
    """Every load balancer of aws.lb."""
    if not (balancers := stack.of(*BALANCERS)):
        return ()
    attached: dict[str, list[Attachment]] = {}
    for resource in stack.of(*ATTACHMENTS):
        for group in stack.sources(resource, "targetGroupArn", *GROUPS):
            attached.setdefault(group.urn, []).append(_attachment(stack, resource))
    groups = {resource.urn: _group(resource, attached.get(resource.urn, [])) for resource in stack.of(*GROUPS)}
    listening: dict[str, list[Listener]] = {}
    for resource in stack.of(*LISTENERS):
        for balancer in stack.sources(resource, "loadBalancerArn", *BALANCERS):
            listening.setdefault(balancer.urn, []).append(_listener(resource, groups))
    return tuple(
        LoadBalancer(
            resource=resource,
            kind=resource.properties.text("loadBalancerType") or "application",
            listeners=tuple(listening.get(resource.urn, ())),
            subnets=tuple(
                source for name in ("subnets", "subnetMappings") for source in stack.sources(resource, name, SUBNET)
            ),
        )
        for resource in balancers
    )


def _port(resource: Resource) -> int | None:
    number = resource.properties.number("port")
    return None if number is None else int(number)


def _attachment(stack: Stack, resource: Resource) -> Attachment:
    targets = tuple(stack.sources(resource, "targetId"))
    # An instance's id is only known after its creation; which instance it is, the reference says.
    address = "" if not resource.properties.known("targetId") else resource.properties.text("targetId")
    return Attachment(resource=resource, targets=targets, address=address, port=_port(resource))


def _group(resource: Resource, attachments: list[Attachment]) -> TargetGroup:
    return TargetGroup(
        resource=resource,
        port=_port(resource),
        protocol=resource.properties.text("protocol").upper(),
        attachments=tuple(attachments),
    )


def _listener(resource: Resource, groups: dict[str, TargetGroup]) -> Listener:
    properties = resource.properties
    return Listener(
        resource=resource,
        port=_port(resource),
        protocol=properties.text("protocol").upper(),
        certificate=properties.has("certificateArn"),
        groups=tuple(groups[urn] for urn in sorted(resource.sources("defaultActions")) if urn in groups),
    )
