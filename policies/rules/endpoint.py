"""The one stable address of the API."""

from collections.abc import Iterator

from policies.addresses import canonical, host_of
from policies.facts import configured_endpoints, nodes, published_names, virtual_addresses
from policies.references import KUBEADM_HA
from policies.rule import Severity, rule
from policies.scope import ADDRESS, PLANE, RECORD
from policies.stack import Stack
from policies.views.control_planes import control_planes
from policies.views.hosts import Host
from policies.views.load_balancers import load_balancers
from policies.views.machines import hosts
from policies.views.records import record_names, records
from policies.violation import Violation


@rule(
    id="P20",
    title="controlPlaneEndpoint is the API's name or virtual address, never a node's own",
    fix="Set controlPlaneEndpoint to the DNS name in front of the load balancer, or to the virtual address.",
    evidence=PLANE,
    severity=Severity.CRITICAL,
    references=(KUBEADM_HA,),
)
def shared_endpoint(stack: Stack) -> Iterator[Violation]:
    """It is written into every kubeconfig and certificate, cannot be changed later, and must not die with one node."""
    own = {canonical(text) for node in nodes(stack) for text in (node.name, node.address) if text}
    shared = {canonical(text) for text in published_names(stack) | virtual_addresses(stack)} - own
    found: dict[str, Host] = {}
    for host in hosts(stack):
        if not host.kubeadm.cluster.names():
            continue
        endpoint = host.kubeadm.cluster.text("controlPlaneEndpoint")
        found.setdefault(endpoint, host)
        if not endpoint:
            yield host.violation("controlPlaneEndpoint is not set")
        elif canonical(host_of(endpoint)) in own:
            yield host.violation(f"controlPlaneEndpoint {endpoint} is a node's own address", at="controlPlaneEndpoint")
        elif shared and canonical(host_of(endpoint)) not in shared and not _fronted(stack):
            what = f"controlPlaneEndpoint {endpoint} is neither the API's name nor its address"
            yield host.violation(what, at="controlPlaneEndpoint")
    if len(found) > 1:
        listed = ", ".join(f"{host.name}: {endpoint}" for endpoint, host in sorted(found.items()))
        yield next(iter(found.values())).violation(f"machines have different endpoints ({listed})")


def _fronted(stack: Stack) -> bool:
    """Whether records lead to the API's balancer: then P32 compares their names with the endpoint."""
    return any(balancer.is_api and record_names(stack, balancer.resource.urn) for balancer in load_balancers(stack))


@rule(
    id="P27",
    title="Each environment has one kind of endpoint: a virtual address on own hosts, a network load balancer on AWS",
    fix="Remove Keepalived on AWS, or the load balancer in front of own hosts.",
    evidence=ADDRESS,
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
                    yield balancer.violation("an AWS load balancer is in front of a cluster on own hosts")
        elif plane.endpoint_address or virtual_addresses(stack):
            yield plane.violation("a virtual address is configured for a cluster on AWS")


@rule(
    id="P32",
    title="The API's DNS record leads to its balancer or virtual address, and nodes use its name",
    fix="Create an alias record named like controlPlaneEndpoint for the API's load balancer (or virtual address).",
    evidence=RECORD,
    severity=Severity.HIGH,
    references=(KUBEADM_HA,),
)
def record_leads_to_the_api(stack: Stack) -> Iterator[Violation]:
    """Nodes and people only use the name; if it leads elsewhere, the next restart is an outage."""
    used = {canonical(host_of(endpoint)) for endpoint in _used(stack)}
    api = [balancer for balancer in load_balancers(stack) if balancer.is_api and balancer.kind]
    misled = list(_misled(stack, used, balanced=bool(api)))
    yield from misled
    named = {one.resource.urn: {canonical(n) for n in record_names(stack, one.resource.urn)} for one in api}
    # Beside the balancer that nodes use there may be another one for clients elsewhere, which has AWS's name only.
    led = any(used & names for names in named.values())
    for balancer in api:
        names = named[balancer.resource.urn]
        if not names and used and not misled and not led and not _by_its_own_name(used):
            yield balancer.violation("no DNS record leads to the load balancer of the API")
        elif names and used and not used & names and not misled:
            found = f"the nodes use {', '.join(sorted(used))}, but {', '.join(sorted(names))} leads here"
            yield balancer.violation(found)


def _misled(stack: Stack, used: set[str], *, balanced: bool) -> Iterator[Violation]:
    """Records with the endpoint's name that do not lead to the front of the API."""
    addresses, fronts = virtual_addresses(stack), {canonical(text) for text in _front_addresses(stack)}
    own = {canonical(text): node.name for node in nodes(stack) for text in (node.address,) if text}
    urns = {urn: node.name for node in nodes(stack) for urn in node.identity if urn.startswith("urn:")}
    for record in records(stack):
        if canonical(record.name) not in used or record.balancers:
            continue
        clause = f"{record.name} is judged because the nodes use it as their endpoint"
        values = {canonical(value) for value in record.values}
        single = [own[value] for value in values if value in own] + [
            urns[t.urn] for t in record.targets if t.urn in urns
        ]
        if addresses and values and not addresses & values and not values & fronts:
            what = f"{record.name} leads to {', '.join(sorted(values))}, not to the virtual address"
            yield Violation(what=what, urn=record.resource.urn, because=clause)
        elif single and (balanced or len({*values, *(t.urn for t in record.targets)}) == 1):
            what = f"{record.name} leads to {', '.join(single)}, which is one of the nodes"
            yield Violation(what=what, urn=record.resource.urn, because=clause)


def _front_addresses(stack: Stack) -> Iterator[str]:
    return (host.address for host in hosts(stack) if host.role == "balancer" and host.address)


def _by_its_own_name(used: set[str]) -> bool:
    """Whether the nodes use the balancer's own DNS name, an output of the balancer."""
    return any(name.endswith(".elb.amazonaws.com") for name in used)


def _used(stack: Stack) -> Iterator[str]:
    yield from configured_endpoints(stack)
    yield from (plane.endpoint_name for plane in control_planes(stack) if plane.endpoint_name)
