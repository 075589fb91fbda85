"""A cluster as this project's component registers it."""

from dataclasses import dataclass

from policies.resources import Resource
from policies.stack import Stack, view
from policies.violation import Violation

TYPE = "quorate:index:ControlPlane"


@dataclass(frozen=True, kw_only=True)
class PlaneNode:
    """One control-plane node."""

    name: str
    address: str
    failure_domain: str


@dataclass(frozen=True, kw_only=True, eq=False)
class ControlPlane:
    """`kind` is `hosts` or `aws`; `ranges` holds the networks by use: hosts, pods, services."""

    resource: Resource
    kind: str
    environment: str
    endpoint_name: str
    endpoint_port: int
    endpoint_address: str
    service_ips: tuple[str, ...]
    dns_domain: str
    nodes: tuple[PlaneNode, ...]
    kubernetes_version: str
    etcd_version: str
    ranges: dict[str, tuple[str, ...]]

    def violation(self, what: str) -> Violation:
        """A violation of the cluster."""
        return self.resource.violation(what)


@view
def control_planes(stack: Stack) -> tuple[ControlPlane, ...]:
    """Every control-plane component."""
    return tuple(_control_plane(resource) for resource in stack.of(TYPE))


@view
def environment(stack: Stack) -> str:
    """The environment that the control plane names, or the name of the stack."""
    declared = [plane.environment for plane in control_planes(stack) if plane.environment]
    return declared[0] if declared else next((resource.stack for resource in stack.resources), "")


def _control_plane(resource: Resource) -> ControlPlane:
    properties = resource.properties
    endpoint, ranges = properties.part("endpoint"), properties.part("ranges")
    return ControlPlane(
        resource=resource,
        kind=properties.text("kind"),
        environment=properties.text("environment"),
        endpoint_name=endpoint.text("name"),
        endpoint_port=int(endpoint.number("port") or 0),
        endpoint_address=endpoint.text("address"),
        service_ips=properties.texts("serviceIps"),
        dns_domain=properties.text("dnsDomain"),
        nodes=tuple(
            PlaneNode(name=node.text("name"), address=node.text("address"), failure_domain=node.text("failureDomain"))
            for node in properties.parts("nodes")
        ),
        kubernetes_version=properties.text("kubernetesVersion"),
        etcd_version=properties.text("etcdVersion"),
        ranges={name: ranges.texts(name) for name in ranges.names()},
    )
