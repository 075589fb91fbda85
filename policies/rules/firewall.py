"""Who may come in."""

from collections.abc import Iterator

from policies.addresses import networks
from policies.rule import Level, Severity, rule
from policies.stack import Stack
from policies.views.firewall import GROUP, Opening, openings
from policies.views.load_balancers import API_PORT, load_balancers
from policies.views.machines import hosts
from policies.violation import Violation

ETCD_PORTS = (2379, 2380)
# Kubernetes documentation, ports and protocols; etcd; VRRP; Calico, Flannel and Cilium; SSH and ICMP echo.
MATRIX = [
    "tcp/6443", "tcp/2379", "tcp/2380", "tcp/10250", "tcp/10256", "tcp/10257", "tcp/10259", "tcp/179", "tcp/5473",
    "udp/8472", "udp/4789", "tcp/4240", "tcp/22", "112/0", "icmp/8",
]  # fmt: skip


def _guarded(stack: Stack) -> frozenset[str]:
    """Security groups around machines of the control plane."""
    return frozenset(
        group.urn
        for host in hosts(stack)
        if host.role in ("control-plane", "etcd")
        for group in (
            *stack.sources(host.resource, "vpcSecurityGroupIds", GROUP),
            *(group for interface in host.interfaces for group in stack.sources(interface, "securityGroups", GROUP)),
        )
    )


def _concerns(opening: Opening, port: int, guarded: frozenset[str]) -> bool:
    """Whether the opening lets somebody reach this port of a control plane."""
    if not opening.covers(port):
        return False
    # A wide opening somewhere else is not ours to judge; one that names the port is meant for it.
    narrow = not opening.all_traffic and (opening.last or 0) - (opening.first or 0) <= 1000  # noqa: PLR2004 -- a port range
    return opening.group in guarded or narrow


@rule(
    id="P13",
    title="etcd's ports are open to security groups, not to networks",
    fix="Let 2379 in from the control plane's security group and 2380 from the members' own, and from nothing else.",
    severity=Severity.CRITICAL,
    references=("NSA/CISA Kubernetes Hardening Guide: network separation",),
)
def closed_etcd(stack: Stack) -> Iterator[Violation]:
    """Whoever reaches etcd needs only a stolen certificate to own the cluster; addresses are not a boundary."""
    guarded = _guarded(stack)
    for opening in openings(stack):
        ports = [port for port in ETCD_PORTS if _concerns(opening, port, guarded)]
        wide = [str(network) for network in networks(opening.networks) if network.num_addresses > 1]
        if ports and wide:
            yield opening.violation(f"{', '.join(wide)} may reach etcd's port {' and '.join(map(str, ports))}")


@rule(
    id="P33",
    title="The API is not reachable from everywhere",
    fix="Make the load balancer internal and let 6443 in from your own networks; or set `public` here.",
    severity=Severity.HIGH,
    references=("NSA/CISA Kubernetes Hardening Guide: control plane hardening", "CIS AWS Foundations: 5.2"),
    thresholds={"public": False},
)
def private_api(stack: Stack, *, public: bool) -> Iterator[Violation]:
    """An API server on the Internet is found within minutes, and every flaw before authentication becomes yours."""
    if public:
        return
    for balancer in load_balancers(stack):
        if balancer.is_api and not balancer.resource.properties.flag("internal"):
            yield balancer.violation("the load balancer of the API faces the Internet")
    guarded = _guarded(stack)
    for opening in openings(stack):
        if opening.world and _concerns(opening, API_PORT, guarded):
            yield opening.violation(f"every address may reach the API's port {API_PORT}")


@rule(
    id="P34",
    title="Only the ports of the control plane's matrix are open",
    fix="Replace the rule by one for each port that is needed, or add the port to `allowed`.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    references=("Kubernetes documentation: ports and protocols",),
    thresholds={"allowed": MATRIX},
)
def only_the_matrix(stack: Stack, *, allowed: list[str]) -> Iterator[Violation]:
    """Each further open port is one more way from a stolen pod or worker to the control plane."""
    guarded = _guarded(stack)
    for opening in openings(stack):
        if opening.group not in guarded:
            continue
        if opening.all_traffic:
            yield opening.violation("all traffic is let in")
        elif f"{opening.protocol}/{opening.first or 0}" not in allowed or opening.first != opening.last:
            yield opening.violation(f"{opening.protocol} {opening.first}-{opening.last} is not in the matrix")
