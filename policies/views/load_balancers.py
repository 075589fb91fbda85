"""AWS load balancers: listeners, target groups and targets joined by their references."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from policies.addresses import canonical
from policies.properties import Properties, Undecidable, Unknown
from policies.resources import Resource
from policies.stack import Stack, view
from policies.views.api_targets import Serving, endpoint_names, serving
from policies.views.machines import SUBNET
from policies.views.records import record_names
from policies.views.targets import CLASSIC, GROUPS, Attachment, attachments_by_group, port_number
from policies.violation import Violation

BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
LISTENERS = ("aws:lb/listener:Listener", "aws:alb/listener:Listener")
_PROTOCOLS = {"SSL": "TLS"}  # the name in classic load balancers


@dataclass(frozen=True, kw_only=True, eq=False)
class TargetGroup:
    """Where a listener sends connections. `health` is the health check as configured."""

    resource: Resource
    port: int | None
    protocol: str
    attachments: tuple[Attachment, ...]
    because: str  # why API servers are behind it, '' if they are not
    classic: Properties | None = None

    @property
    def health(self) -> Properties:
        """The health check. Raises Undecidable if another output decides it."""
        return self.classic or self.resource.properties.part("healthCheck")

    @property
    def ports(self) -> frozenset[int]:
        """Ports on which the targets are reached."""
        return frozenset(p for p in (self.port, *(a.port for a in self.attachments)) if p is not None)


@dataclass(frozen=True, kw_only=True, eq=False)
class Listener:
    """Where clients of a load balancer arrive."""

    resource: Resource
    port: int | None
    protocol: str
    certificate: bool  # a certificate is attached: TLS would terminate here
    groups: tuple[TargetGroup, ...]
    named: str = ""  # why it is the API's although no API server is known behind it

    @property
    def because(self) -> str:
        """Why the API is behind it, '' if it is not."""
        return next((group.because for group in self.groups if group.because), self.named)


@dataclass(frozen=True, kw_only=True, eq=False)
class LoadBalancer:
    """A load balancer; `listeners` are those that name it. Without one in the stack, the listener or group itself."""

    resource: Resource
    kind: str  # network, application, gateway, classic; '' if it is not in this stack
    listeners: tuple[Listener, ...]
    subnets: tuple[Resource, ...]

    @property
    def because(self) -> str:
        """Why it is the API's, '' if it is not."""
        return next((listener.because for listener in self.listeners if listener.because), "")

    @property
    def is_api(self) -> bool:
        """Whether one of its listeners serves the Kubernetes API."""
        return bool(self.because)

    @property
    def subnet_count(self) -> int | None:
        """How many subnets it is in, known even when their ids are not; None if the provider fills that in."""
        properties = self.resource.properties
        for name in ("subnets", "subnetMappings"):
            value = properties.raw(name)
            if isinstance(value, list) and value:
                return len(value)
            if isinstance(value, Unknown) and not self.resource.computed(name):
                raise Undecidable(name, self.resource.urn)
        return None if any(self.resource.computed(name) for name in ("subnets", "subnetMappings")) else 0

    def api_listeners(self) -> Iterable[Listener]:
        """Listeners with API servers behind them."""
        return (listener for listener in self.listeners if listener.because)

    def api_groups(self) -> tuple[TargetGroup, ...]:
        """Target groups of those listeners, each once."""
        return tuple({g.resource.urn: g for listener in self.api_listeners() for g in listener.groups}.values())

    def violation(self, what: str, at: Resource | None = None) -> Violation:
        """A violation of this load balancer, or of one of its parts."""
        return Violation(what=what, urn=(at or self.resource).urn, because=self.because)


@view
def load_balancers(stack: Stack) -> tuple[LoadBalancer, ...]:
    """Every load balancer: network, application and classic."""
    attached = attachments_by_group(stack)
    groups = {resource.urn: _group(stack, resource, attached.get(resource.urn, ())) for resource in stack.of(*GROUPS)}
    found = [*_balancers(stack, groups), *(_classic(stack, r, attached.get(r.urn, ())) for r in stack.of(CLASSIC))]
    listed = {group.resource.urn for b in found for listener in b.listeners for group in listener.groups}
    return (*found, *_alone(stack, groups, listed))


def _balancers(stack: Stack, groups: Mapping[str, TargetGroup]) -> Iterator[LoadBalancer]:
    listening: dict[str, list[Resource]] = {}
    for resource in stack.of(*LISTENERS):
        for balancer in stack.sources(resource, "loadBalancerArn", *BALANCERS):
            listening.setdefault(balancer.urn, []).append(resource)
    for resource in stack.of(*BALANCERS):
        properties = resource.properties
        kind = properties.text("loadBalancerType") if properties.known("loadBalancerType") else ""
        listeners = tuple(_listener(stack, each, resource, groups) for each in listening.get(resource.urn, ()))
        subnets = tuple(s for name in ("subnets", "subnetMappings") for s in stack.sources(resource, name, SUBNET))
        yield LoadBalancer(resource=resource, kind=kind or "application", listeners=listeners, subnets=subnets)


def _alone(stack: Stack, groups: Mapping[str, TargetGroup], listed: set[str]) -> Iterator[LoadBalancer]:
    """Listeners and groups of a balancer that is in another stack."""
    for resource in stack.of(*LISTENERS):
        if not stack.sources(resource, "loadBalancerArn", *BALANCERS):
            listener = _listener(stack, resource, None, groups)
            listed |= {group.resource.urn for group in listener.groups}
            yield LoadBalancer(resource=resource, kind="", listeners=(listener,), subnets=())
    for urn, group in groups.items():
        if urn not in listed and group.because:
            front = Listener(resource=group.resource, port=None, protocol="", certificate=False, groups=(group,))
            yield LoadBalancer(resource=group.resource, kind="", listeners=(front,), subnets=())


def _group(stack: Stack, resource: Resource, attached: tuple[Attachment, ...]) -> TargetGroup:
    found: Serving = serving(stack, resource, attached)
    protocol = resource.properties.text("protocol").upper() if resource.properties.known("protocol") else ""
    return TargetGroup(
        resource=resource, port=found.port, protocol=protocol, attachments=attached, because=found.because
    )


def _listener(
    stack: Stack, resource: Resource, balancer: Resource | None, groups: Mapping[str, TargetGroup]
) -> Listener:
    properties = resource.properties
    behind = tuple(groups[urn] for urn in sorted(resource.sources("defaultActions")) if urn in groups)
    judged = any(group.because for group in behind)
    named = _named(stack, balancer, port_number(resource, "port")) if balancer and not judged else ""
    return Listener(
        resource=resource,
        port=port_number(resource, "port"),
        # Reading an unknown protocol raises, which only concerns listeners of the API.
        protocol=properties.text("protocol").upper() if judged or named or properties.known("protocol") else "",
        certificate=properties.has("certificateArn") and not resource.computed("certificateArn"),
        groups=behind,
        named=named,
    )


def _named(stack: Stack, balancer: Resource, port: int | None) -> str:
    """The reason, if nodes use a name that leads to this port as their endpoint."""
    for name in record_names(stack, balancer.urn):
        if (canonical(name), port) in endpoint_names(stack):
            return f"{balancer.name} is judged because {name}, the endpoint that the nodes use, leads to it"
    return ""


def _classic(stack: Stack, resource: Resource, attached: tuple[Attachment, ...]) -> LoadBalancer:
    properties, listeners = resource.properties, []
    for entry in properties.parts("listeners"):
        port = entry.number("instancePort")
        found = serving(stack, resource, attached, port=int(port) if port else None)
        group = TargetGroup(
            resource=resource,
            port=found.port,
            protocol=entry.text("instanceProtocol").upper(),
            attachments=attached,
            because=found.because,
            classic=_health(properties),
        )
        number = entry.number("lbPort")
        protocol = entry.text("lbProtocol").upper()
        front = Listener(
            resource=resource,
            port=int(number) if number else None,
            protocol=_PROTOCOLS.get(protocol, protocol),
            certificate=entry.has("sslCertificateId"),
            groups=(group,),
        )
        listeners.append(front)
    subnets = tuple(stack.sources(resource, "subnets", SUBNET))
    return LoadBalancer(resource=resource, kind="classic", listeners=tuple(listeners), subnets=subnets)


def _health(properties: Properties) -> Properties:
    """A classic health check such as `HTTPS:6443/readyz`, with the property names of a target group."""
    target = properties.part("healthCheck").text("target") if properties.known("healthCheck") else ""
    protocol, _, rest = target.partition(":")
    port, slash, path = rest.partition("/")
    values = {"protocol": protocol, "port": port, "path": f"{slash}{path}"}
    return Properties(values={n: v for n, v in values.items() if v}, urn=properties.urn, path="healthCheck")
