"""The one stable address of the API."""

from collections.abc import Iterator

from policies.addresses import canonical, host_of
from policies.facts import nodes, published_names, told_endpoints, virtual_addresses
from policies.references import KUBEADM_HA
from policies.rule import Severity, rule
from policies.stack import Stack
from policies.views.control_planes import control_planes
from policies.views.load_balancers import load_balancers
from policies.views.machines import hosts
from policies.views.records import records
from policies.violation import Violation


@rule(
    id="P20",
    title="controlPlaneEndpoint is the API's name or virtual address, never a node's own",
    fix="Set controlPlaneEndpoint to the DNS name in front of the load balancer, or to the virtual address.",
    severity=Severity.CRITICAL,
    references=(KUBEADM_HA,),
)
def shared_endpoint(stack: Stack) -> Iterator[Violation]:
    """It is written into every kubeconfig and certificate, cannot be changed later, and must not die with one node."""
    own = {canonical(text) for node in nodes(stack) for text in (node.name, node.address) if text}
    shared = {canonical(text) for text in published_names(stack) | virtual_addresses(stack)} - own
    told = {}
    for host in hosts(stack):
        if not host.kubeadm.cluster.names():
            continue
        endpoint = host.kubeadm.cluster.text("controlPlaneEndpoint")
        told[host.name] = endpoint
        if not endpoint:
            yield host.violation("controlPlaneEndpoint is not set")
        elif canonical(host_of(endpoint)) in own:
            yield host.violation(f"controlPlaneEndpoint {endpoint} is a node's own address")
        elif shared and canonical(host_of(endpoint)) not in shared:
            yield host.violation(f"controlPlaneEndpoint {endpoint} is neither the API's name nor its address")
    if len(set(told.values())) > 1:
        listed = ", ".join(f"{name}: {endpoint}" for name, endpoint in sorted(told.items()))
        yield Violation(what=f"hosts are told different endpoints ({listed})")


@rule(
    id="P27",
    title="Each environment has one kind of endpoint: a virtual address on own hosts, a network load balancer on AWS",
    fix="Remove Keepalived on AWS, or the load balancer in front of own hosts.",
    severity=Severity.HIGH,
    references=("AWS documentation: VPC, multicast and gratuitous ARP are not supported",),
)
def one_kind_of_endpoint(stack: Stack) -> Iterator[Violation]:
    """A VPC ignores the gratuitous ARP with which Keepalived moves an address, so a failover there moves nothing."""
    for host in hosts(stack):
        if host.resource.type.startswith("aws:") and host.keepalived.instances:
            yield host.violation("Keepalived runs on an AWS machine")
    for plane in control_planes(stack):
        if plane.kind == "hosts":
            for balancer in load_balancers(stack):
                if balancer.is_api:
                    yield balancer.violation("an AWS load balancer stands in front of a cluster on own hosts")
        elif plane.endpoint_address or virtual_addresses(stack):
            yield plane.violation("a virtual address is configured for a cluster on AWS")


@rule(
    id="P32",
    title="The API's DNS record leads to its balancer or virtual address, and is the name that nodes are told",
    fix="Create an alias record named like controlPlaneEndpoint for the API's load balancer (or virtual address).",
    severity=Severity.HIGH,
    references=(KUBEADM_HA,),
)
def record_leads_to_the_api(stack: Stack) -> Iterator[Violation]:
    """Nodes and people only know the name; a name that leads elsewhere is an outage at the next restart."""
    told = {canonical(host_of(endpoint)) for endpoint in _told(stack)}
    for balancer in load_balancers(stack):
        if not balancer.is_api:
            continue
        names = {canonical(r.name) for r in records(stack) if balancer.resource in r.balancers}
        if not names:
            yield balancer.violation("no DNS record leads to the load balancer of the API")
        elif told and not told & names:
            yield balancer.violation(
                f"nodes are told {', '.join(sorted(told))}, but {', '.join(sorted(names))} leads here"
            )
    addresses = virtual_addresses(stack)
    for record in records(stack):
        if addresses and canonical(record.name) in told and record.values and not addresses & set(record.values):
            yield record.violation(f"{record.name} leads to {', '.join(record.values)}, not to the virtual address")


def _told(stack: Stack) -> Iterator[str]:
    yield from told_endpoints(stack)
    yield from (plane.endpoint_name for plane in control_planes(stack) if plane.endpoint_name)
