"""Which traffic the firewall lets in."""

from collections.abc import Iterator, Mapping

from policies.rule import Level, Severity, rule
from policies.scope import ENTRANCE, GROUP
from policies.stack import Stack
from policies.views.etcd import running_members
from policies.views.firewall import TCP, Opening, groups_of, is_world, openings
from policies.views.load_balancers import load_balancers
from policies.views.machines import hosts
from policies.violation import Violation

ETCD_PORTS = (2379, 2380)
WIDE = 16  # ports of one rule: the port matrix has no wider range
# Kubernetes documentation, ports and protocols; etcd; VRRP; Calico, Flannel and Cilium; SSH and ICMP echo.
MATRIX = [
    "tcp/6443", "tcp/2379", "tcp/2380", "tcp/10250", "tcp/10256", "tcp/10257", "tcp/10259", "tcp/179", "tcp/5473",
    "udp/8472", "udp/4789", "tcp/4240", "tcp/22", "112/0", "icmp/8",
]  # fmt: skip


def _reached(stack: Stack, roles: tuple[str, ...]) -> Mapping[str, frozenset[int]]:
    """API ports of the machines in each security group, by the group's URN; empty for a group without API servers."""
    found: dict[str, set[int]] = {}
    for host in hosts(stack):
        if host.role in roles:
            for group in groups_of(stack, host):
                port = {host.api_port} if host.is_plane and not host.hidden else set()
                found.setdefault(group.urn, set()).update(port)
    return {urn: frozenset(ports) for urn, ports in found.items()}


@rule(
    id="P13",
    title="etcd's ports are open to security groups, not to networks",
    fix="Let 2379 in from the control plane's security group and 2380 from the members' own, and from nothing else.",
    evidence=GROUP,
    severity=Severity.CRITICAL,
    references=("NSA/CISA Kubernetes Hardening Guide: network separation",),
)
def closed_etcd(stack: Stack) -> Iterator[Violation]:
    """A caller that can reach etcd needs only a stolen certificate to own the cluster; addresses are no protection."""
    members = {group.urn for host in running_members(stack) for group in groups_of(stack, host)}
    for opening in openings(stack):
        ports = [port for port in ETCD_PORTS if opening.group in members and opening.covers(port)]
        wide = [str(network) for network in opening.sources() if network.num_addresses > 1] if ports else []
        wide += [f"the network of {opening.inner}"] if ports and opening.inner else []
        if wide:
            yield opening.violation(f"{', '.join(wide)} can reach etcd's port {' and '.join(map(str, ports))}")


@rule(
    id="P33",
    title="The API is not reachable from everywhere",
    fix="Make the load balancer internal and let 6443 in from your own networks; or set `public` here.",
    evidence=ENTRANCE,
    severity=Severity.HIGH,
    references=("NSA/CISA Kubernetes Hardening Guide: control plane hardening", "CIS AWS Foundations: 5.2"),
    thresholds={"public": False},
)
def private_api(stack: Stack, *, public: bool) -> Iterator[Violation]:
    """An API server on the Internet is found within minutes, and so is every flaw in its authentication."""
    if public:
        return
    for balancer in load_balancers(stack):
        # A balancer with its own groups lets in the traffic that they allow.
        closed = bool(balancer.resource.sources("securityGroups")) or balancer.resource.properties.has("securityGroups")
        if balancer.is_api and balancer.kind and not closed and not balancer.resource.properties.flag("internal"):
            yield balancer.violation("the load balancer of the API faces the Internet")
    reached = _reached(stack, ("control-plane",))
    fronts = {urn for balancer in load_balancers(stack) if balancer.is_api
              for urn in balancer.resource.sources("securityGroups")}  # fmt: skip
    listening = {port for b in load_balancers(stack) for listener in b.api_listeners() if (port := listener.port)}
    together: dict[tuple[str, int], list[Opening]] = {}
    for opening in openings(stack):
        ports = reached.get(opening.group, frozenset()) | (listening if opening.group in fronts else frozenset())
        for port in sorted(ports):
            if opening.covers(port):
                opening.sources()
                together.setdefault((opening.group, port), []).append(opening)
    for (_, port), found in together.items():
        # Two halves of the Internet, in two rules or in one, are the Internet.
        if is_world(tuple(network for opening in found for network in opening.sources())):
            widest = next((opening for opening in found if opening.world), found[0])
            yield widest.violation(f"every address can reach the API's port {port}")


@rule(
    id="P34",
    title="Only the ports of the control plane's matrix are open",
    fix="Replace the rule with one rule for each port that is needed, or add the port to `allowed`.",
    evidence=GROUP,
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    references=("Kubernetes documentation: ports and protocols",),
    thresholds={"allowed": MATRIX},
)
def only_the_matrix(stack: Stack, *, allowed: list[str]) -> Iterator[Violation]:
    """Each additional open port is one more way from a compromised pod or worker to the control plane."""
    around = _reached(stack, ("control-plane", "etcd"))
    for opening in openings(stack):
        if opening.group not in around:
            continue
        own = around[opening.group]
        if opening.protocol in TCP and opening.first == opening.last and opening.first in own:
            continue
        if opening.all_traffic:
            yield opening.violation("all traffic is let in")
        elif not _in_matrix(opening, allowed):
            yield opening.violation(f"{opening.protocol} {opening.first}-{opening.last} is not in the matrix")


def _in_matrix(opening: Opening, allowed: list[str]) -> bool:
    protocol = "tcp" if opening.protocol in TCP else opening.protocol
    first, last = opening.first or 0, opening.last or 0
    return last - first < WIDE and all(f"{protocol}/{port}" in allowed for port in range(first, max(first, last) + 1))
