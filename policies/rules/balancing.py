"""What stands in front of the API servers, and what stands behind it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policies.facts import Node, is_service_address, nodes
from policies.references import KUBEADM_HA
from policies.resources import Resource
from policies.rule import Severity, rule
from policies.stack import Stack
from policies.views.load_balancers import API_PORT, Attachment, load_balancers
from policies.views.machines import hosts
from policies.violation import Violation

NODE_PORTS = range(30000, 32768)  # kube-apiserver's default --service-node-port-range


ETCD_PORTS = (2379, 2380)


@dataclass(frozen=True, kw_only=True, eq=False)
class Backend:
    """One place to which a balancer sends API connections. `identity` holds every text that can mean the machine."""

    at: Resource
    name: str
    identity: frozenset[str]
    port: int | None


def backends(stack: Stack) -> Iterator[tuple[Resource, tuple[Backend, ...]]]:
    """For each balancer of the API (load balancer, or host that runs one): everything behind it."""
    for balancer in load_balancers(stack):
        if balancer.is_api:
            groups = balancer.api_groups()
            yield balancer.resource, tuple(_target(a, g.port) for g in groups for a in g.attachments)
    for host in hosts(stack):
        own = host.resource
        servers = [
            (server.name, server.address, server.port)
            for section in host.haproxy.api_backends()
            for server in host.haproxy.servers(section)
        ]
        servers += [(f"{address}", address, port) for upstream in host.upstreams for address, port in upstream.servers]
        if servers:
            yield (
                own,
                tuple(
                    Backend(at=own, name=name, identity=frozenset({address}), port=port)
                    for name, address, port in servers
                ),
            )


def _target(attachment: Attachment, port: int | None) -> Backend:
    found = {attachment.address} - {""}
    for target in attachment.targets:
        found |= {target.urn, target.name, target.properties.text("privateIp"), *target.properties.texts("privateIps")}
    return Backend(
        at=attachment.resource,
        name=attachment.targets[0].name if attachment.targets else attachment.address,
        identity=frozenset(found - {""}),
        port=attachment.port or port,
    )


def _reaches(backend: Backend, among: Iterable[Node]) -> bool:
    return any(backend.identity & node.identity for node in among)


@rule(
    id="P14",
    title="No load balancer stands in front of etcd",
    fix="Give API servers the member list; etcd's client balances by itself.",
    severity=Severity.HIGH,
    references=("etcd documentation: client design",),
)
def no_balanced_etcd(stack: Stack) -> Iterator[Violation]:
    """A balancer hides which member answers, breaks the client's own failover, and opens etcd to whoever reaches it."""
    for balancer in load_balancers(stack):
        for listener in balancer.listeners:
            ports = {listener.port, *(group.port for group in listener.groups)} & set(ETCD_PORTS)
            if ports:
                yield listener.resource.violation(f"a listener leads to etcd's port {min(p for p in ports if p)}")
    for host in hosts(stack):
        for section in host.haproxy.of("backend", "listen"):
            if any(server.port in ETCD_PORTS for server in host.haproxy.servers(section)):
                yield host.violation(f"HAProxy's {section.kind} {section.name} leads to etcd")


@rule(
    id="P21",
    title="Behind the API's balancer are all control-plane nodes, and only they, on 6443",
    fix="Attach every control-plane node on port 6443, and nothing else.",
    severity=Severity.CRITICAL,
    references=(KUBEADM_HA,),
)
def backends_are_the_nodes(stack: Stack) -> Iterator[Violation]:
    """A node that is missing never takes over; a stranger answers some of the requests with errors."""
    every = nodes(stack)
    for resource, found in backends(stack):
        missing = [node.name for node in every if not any(b.identity & node.identity for b in found)]
        if missing:
            yield resource.violation(
                f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not behind the balancer"
            )
        for backend in found:
            if backend.port != API_PORT:
                yield backend.at.violation(f"{backend.name} is reached on port {backend.port}, not {API_PORT}")
            if every and backend.identity and not _reaches(backend, every):
                yield backend.at.violation(f"{backend.name} is not a control-plane node")


@rule(
    id="P22",
    title="Backends are addresses of nodes, not of Services",
    fix="Send connections to the nodes' own addresses on 6443.",
    severity=Severity.HIGH,
    references=("Kubernetes documentation: Service, type NodePort",),
)
def no_service_addresses(stack: Stack) -> Iterator[Violation]:
    """Service addresses and node ports only work while the API server already does."""
    for _, found in backends(stack):
        for backend in found:
            if backend.port in NODE_PORTS:
                yield backend.at.violation(f"{backend.name} is reached on the node port {backend.port}")
            inside = sorted(text for text in backend.identity if is_service_address(stack, text))
            if inside:
                yield backend.at.violation(f"{inside[0]} is the address of a Service")
