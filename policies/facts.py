"""What is true of the cluster as a whole, put together from whatever the stack says: names, addresses, ranges."""

from collections.abc import Iterator
from dataclasses import dataclass

from policies.addresses import Network, host_of, inside, networks
from policies.properties import Undecidable
from policies.stack import Stack
from policies.views.control_planes import control_planes
from policies.views.load_balancers import load_balancers
from policies.views.machines import hosts
from policies.views.records import records

DEFAULT_SERVICES = "10.96.0.0/12"  # kubeadm's serviceSubnet where nothing is said
DEFAULT_DOMAIN = "cluster.local"  # kubeadm's dnsDomain where nothing is said
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
VIRTUAL_IP = "quorate:hosts:VirtualIp"


@dataclass(frozen=True, kw_only=True)
class Node:
    """A control-plane node; '' where nothing is said. `identity` holds every text that can mean it."""

    name: str
    address: str
    identity: frozenset[str]


def nodes(stack: Stack) -> tuple[Node, ...]:
    """Control-plane nodes: the component's list, or the hosts on which API servers run."""
    by_address = {host.address: host for host in hosts(stack) if host.role != "other"}
    declared = [node for plane in control_planes(stack) for node in plane.nodes]
    if declared:
        urns = {node.address: by_address[node.address].resource.urn for node in declared if node.address in by_address}
        return tuple(
            Node(
                name=node.name,
                address=node.address,
                identity=frozenset({node.name, node.address, urns.get(node.address, node.address)}),
            )
            for node in declared
        )
    return tuple(
        Node(
            name=host.name,
            address=host.address,
            identity=frozenset({host.name, host.address, host.resource.urn} - {""}),
        )
        for host in hosts(stack)
        if host.is_plane
    )


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
    """Names by which clients call the API: the published ones, and those that nodes are told."""
    return published_names(stack) | {host_of(endpoint) for endpoint in told_endpoints(stack)}


def told_endpoints(stack: Stack) -> Iterator[str]:
    """controlPlaneEndpoint of every host that gets one."""
    for host in hosts(stack):
        if endpoint := host.kubeadm.cluster.text("controlPlaneEndpoint"):
            yield endpoint


def virtual_addresses(stack: Stack) -> frozenset[str]:
    """Addresses that move between machines."""
    declared = {resource.properties.text("address") for resource in stack.of(VIRTUAL_IP)}
    declared |= {plane.endpoint_address for plane in control_planes(stack)}
    for host in hosts(stack):
        declared |= {address for instance in host.keepalived.instances for address in instance.addresses}
    return frozenset(declared - {""})


def service_ranges(stack: Stack) -> tuple[Network, ...]:
    """Networks of Services: kubeadm's, the API server's own option, the component's, kubeadm's default."""
    told: list[str] = []
    for host in hosts(stack):
        told.append(host.kubeadm.cluster.part("networking").text("serviceSubnet"))
        told.append(host.flags("kube-apiserver").get("service-cluster-ip-range", ""))
    told += [text for plane in control_planes(stack) for text in plane.ranges.get("services", ())]
    return tuple(dict.fromkeys(networks(told))) or networks([DEFAULT_SERVICES])


def pod_ranges(stack: Stack) -> tuple[Network, ...]:
    """Networks of pods: kubeadm's, the component's; none where nothing is said."""
    told = [host.kubeadm.cluster.part("networking").text("podSubnet") for host in hosts(stack)]
    told += [text for plane in control_planes(stack) for text in plane.ranges.get("pods", ())]
    return tuple(dict.fromkeys(networks(told)))


def domain(stack: Stack) -> str:
    """The cluster's DNS domain."""
    for host in hosts(stack):
        if told := host.kubeadm.cluster.part("networking").text("dnsDomain"):
            return told
    return next((plane.dns_domain for plane in control_planes(stack) if plane.dns_domain), DEFAULT_DOMAIN)


def nested(stack: Stack) -> frozenset[str]:
    """Addresses of machines that are not machines but containers on this computer: they share its kernel."""
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
