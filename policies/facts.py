"""Facts about the cluster as a whole, collected from all resources: names, addresses, ranges."""

from collections.abc import Iterator
from dataclasses import dataclass

from policies.addresses import Network, canonical, host_of, inside, networks
from policies.properties import Undecidable
from policies.stack import Stack, view
from policies.views.control_planes import control_planes
from policies.views.hosts import Host
from policies.views.load_balancers import load_balancers
from policies.views.machines import hosts
from policies.views.records import records

DEFAULT_SERVICES = "10.96.0.0/12"  # kubeadm's default serviceSubnet
DEFAULT_DOMAIN = "cluster.local"  # kubeadm's default dnsDomain
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
VIRTUAL_IP = "quorate:hosts:VirtualIp"


@dataclass(frozen=True, kw_only=True)
class Node:
    """A control-plane node; '' for values that no resource gives.

    `identity` holds every name and address that can refer to it.
    """

    name: str
    address: str
    identity: frozenset[str]
    count: int = 1


@view
def nodes(stack: Stack) -> tuple[Node, ...]:
    """Control-plane nodes: the component's list, or the machines on which API servers run."""
    planes = [host for host in hosts(stack) if host.is_plane]
    declared = [node for plane in control_planes(stack) for node in plane.nodes]
    if not declared:
        return tuple(_node(host) for host in planes)
    urns = {host.address: host.resource.urn for host in planes}
    return tuple(
        Node(
            name=node.name,
            address=node.address,
            identity=frozenset({node.name, node.address, urns.get(node.address, node.address)}),
        )
        for node in declared
    )


def _node(host: Host) -> Node:
    urns = {host.resource.urn, *(r.urn for r in (*host.interfaces, *host.owners))}
    return Node(
        name=host.name,
        address=host.address,
        identity=frozenset({host.name, canonical(host.address), *urns} - {""}),
        count=host.count,
    )


@view
def published_names(stack: Stack) -> frozenset[str]:
    """Names that lead to the API: records in front of its balancers or addresses, and the component's endpoint."""
    found = {plane.endpoint_name for plane in control_planes(stack)}
    balancers = {balancer.resource.urn for balancer in load_balancers(stack) if balancer.is_api}
    addresses = virtual_addresses(stack)
    for record in records(stack):
        if any(balancer.urn in balancers for balancer in record.balancers) or addresses & set(record.values):
            found.add(record.name)
    return frozenset(found - {""})


def endpoint_names(stack: Stack) -> frozenset[str]:
    """Names by which clients call the API: the published ones, and those that nodes use."""
    return published_names(stack) | {host_of(endpoint) for endpoint in configured_endpoints(stack)}


def configured_endpoints(stack: Stack) -> Iterator[str]:
    """controlPlaneEndpoint of every machine that gets one."""
    for host in hosts(stack):
        if endpoint := host.kubeadm.cluster.text("controlPlaneEndpoint"):
            yield endpoint


@view
def virtual_addresses(stack: Stack) -> frozenset[str]:
    """Addresses that move between machines."""
    declared = {resource.properties.text("address") for resource in stack.of(VIRTUAL_IP)}
    declared |= {plane.endpoint_address for plane in control_planes(stack)}
    for host in hosts(stack):
        declared |= {address for instance in host.keepalived.instances for address in instance.addresses}
    return frozenset(declared - {""})


@view
def service_ranges(stack: Stack) -> tuple[Network, ...]:
    """Networks of Services: kubeadm's, the API server's own option, the component's, kubeadm's default."""
    found: list[str] = []
    for host in hosts(stack):
        found.append(host.kubeadm.cluster.part("networking").text("serviceSubnet"))
        found.append(host.flags("kube-apiserver").get("service-cluster-ip-range", ""))
    found += [text for plane in control_planes(stack) for text in plane.ranges.get("services", ())]
    return tuple(dict.fromkeys(networks(found))) or networks([DEFAULT_SERVICES])


@view
def pod_ranges(stack: Stack) -> tuple[Network, ...]:
    """Networks of pods: kubeadm's, the component's; none if nothing names one."""
    found = [host.kubeadm.cluster.part("networking").text("podSubnet") for host in hosts(stack)]
    found += [text for plane in control_planes(stack) for text in plane.ranges.get("pods", ())]
    return tuple(dict.fromkeys(networks(found)))


def domain(stack: Stack) -> str:
    """The cluster's DNS domain."""
    for host in hosts(stack):
        if found := host.kubeadm.cluster.part("networking").text("dnsDomain"):
            return found
    return next((plane.dns_domain for plane in control_planes(stack) if plane.dns_domain), DEFAULT_DOMAIN)


@view
def nested(stack: Stack) -> frozenset[str]:
    """Addresses of machines that are containers on this computer and share its kernel."""
    found = set()
    for machine in stack.of("quorate:local:Machine"):
        try:
            found.add(machine.properties.text("address").split("/")[0])
        except Undecidable:
            continue  # such a machine gets no leniency
    return frozenset(found)


def is_service_address(stack: Stack, address: str) -> bool:
    """Whether an address belongs to Services, which only exist inside the cluster."""
    return any(inside(address, network) for network in service_ranges(stack))


def has_plane(stack: Stack) -> bool:
    """Whether the stack has a control plane at all."""
    return bool(nodes(stack))
