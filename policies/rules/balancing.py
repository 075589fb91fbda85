"""What is in front of the API servers, and what is behind it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policies.addresses import canonical
from policies.facts import Node, is_service_address, nodes
from policies.references import KUBEADM_HA
from policies.resources import Resource
from policies.rule import Severity, rule
from policies.scope import BALANCED_ETCD, BALANCER
from policies.stack import Stack
from policies.views.hosts import API_PORT
from policies.views.load_balancers import load_balancers
from policies.views.machines import hosts
from policies.views.targets import Attachment
from policies.violation import Violation

NODE_PORTS = range(30000, 32768)  # kube-apiserver's default --service-node-port-range


ETCD_PORTS = (2379, 2380)
RUNS = ("control-plane", "etcd")


@dataclass(frozen=True, kw_only=True, eq=False)
class Backend:
    """One place to which a balancer sends API connections.

    `identity` holds every name and address that can refer to the machine.
    """

    at: Resource
    name: str
    identity: frozenset[str]
    port: int | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Front:
    """A load balancer or machine in front of API servers, with everything behind it."""

    at: Resource
    backends: tuple[Backend, ...]
    because: str
    subject: str = ""

    def violation(self, what: str, at: Resource | None = None) -> Violation:
        """A violation of the front or of one of its parts."""
        return Violation(what=what, urn=(at or self.at).urn, because=self.because, subject=self.subject)


def fronts(stack: Stack) -> Iterator[Front]:
    """For each balancer of the API (load balancer, or host that runs one): everything behind it."""
    for balancer in load_balancers(stack):
        if balancer.is_api:
            targets = tuple(_target(a, g.port) for g in balancer.api_groups() for a in g.attachments)
            yield Front(at=balancer.resource, backends=targets, because=balancer.because)
    for host in hosts(stack):
        own = host.resource
        servers = [
            (server.name, server.address, server.port)
            for section in host.haproxy.api_backends()
            for server in host.haproxy.servers(section)
        ]
        servers += [(f"{address}", address, port) for upstream in host.upstreams for address, port in upstream.servers]
        if servers:
            targets = tuple(
                Backend(at=own, name=name, identity=frozenset({canonical(address)}), port=port)
                for name, address, port in servers
            )
            yield Front(at=own, backends=targets, because=host.because, subject=host.name)


def _target(attachment: Attachment, port: int | None) -> Backend:
    found = {canonical(attachment.address)} - {""}
    for target in attachment.targets:
        found.add(target.urn)
        if target.properties.known("privateIp"):
            found.add(canonical(target.properties.text("privateIp")))
        if target.properties.known("privateIps"):
            found |= {canonical(text) for text in target.properties.texts("privateIps")}
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
    title="No load balancer is in front of etcd",
    fix="Give API servers the member list; etcd's client balances by itself.",
    evidence=BALANCED_ETCD,
    severity=Severity.HIGH,
    references=("etcd documentation: client design",),
)
def no_balanced_etcd(stack: Stack) -> Iterator[Violation]:
    """A balancer hides which member responds, breaks the client's own failover, and opens etcd to more callers."""
    members = {r.urn: host for host in hosts(stack) for r in (host.resource, *host.interfaces) if host.role in RUNS}
    for balancer in load_balancers(stack):
        for listener in balancer.listeners:
            reached = [(a, members[t.urn]) for g in listener.groups for a in g.attachments for t in a.targets
                       if t.urn in members and (a.port or g.port) in ETCD_PORTS]  # fmt: skip
            if reached:
                attachment, host = reached[0]
                port = attachment.port or next(g.port for g in listener.groups if attachment in g.attachments)
                what = f"a listener leads to etcd's port {port} of {host.name}"
                yield Violation(what=what, urn=listener.resource.urn, because=host.because)
    for host in hosts(stack):
        for section in host.haproxy.of("backend", "listen"):
            if any(server.port in ETCD_PORTS for server in host.haproxy.servers(section)):
                yield host.violation(f"HAProxy's {section.kind} {section.name} leads to etcd")


@rule(
    id="P21",
    title="The API's balancer sends to all control-plane nodes, and only to them, on 6443",
    fix="Attach every control-plane node on port 6443, and nothing else.",
    evidence=BALANCER,
    severity=Severity.CRITICAL,
    references=(KUBEADM_HA,),
)
def backends_are_the_nodes(stack: Stack) -> Iterator[Violation]:
    """A missing node never takes over; any other machine responds to some requests with errors."""
    every = nodes(stack)
    ports = {host.api_port for host in hosts(stack) if host.is_plane and not host.hidden} or {API_PORT}
    for front in fronts(stack):
        missing = [node.name for node in every if not _names(front, node)]
        if missing:
            verb = "is" if len(missing) == 1 else "are"
            yield front.violation(f"{', '.join(missing)} {verb} not behind the balancer")
        for backend in front.backends:
            if backend.port not in ports and backend.port not in NODE_PORTS:  # a node port is P22's finding
                wanted = " or ".join(map(str, sorted(ports)))
                yield front.violation(f"{backend.name} is reached on port {backend.port}, not {wanted}", backend.at)
            if every and backend.identity and not _reaches(backend, every) and not _in_services(stack, backend):
                yield front.violation(f"{backend.name} is not a control-plane node", backend.at)


def _names(front: Front, node: Node) -> bool:
    # A balancer that lists addresses cannot name a machine without a fixed address: only a reference to it counts.
    return any(backend.identity & node.identity for backend in front.backends) or (
        not node.address and all(not _urns(backend) for backend in front.backends) and bool(front.backends)
    )


def _urns(backend: Backend) -> frozenset[str]:
    return frozenset(text for text in backend.identity if text.startswith("urn:"))


def _in_services(stack: Stack, backend: Backend) -> bool:
    return any(is_service_address(stack, text) for text in backend.identity)


@rule(
    id="P22",
    title="Backends are addresses of nodes, not of Services",
    fix="Send connections to the nodes' own addresses on 6443.",
    evidence=BALANCER,
    severity=Severity.HIGH,
    references=("Kubernetes documentation: Service, type NodePort",),
)
def no_service_addresses(stack: Stack) -> Iterator[Violation]:
    """Service addresses and node ports only work if an API server is already running."""
    for front in fronts(stack):
        for backend in front.backends:
            if backend.port in NODE_PORTS:
                yield front.violation(f"{backend.name} is reached on the node port {backend.port}", backend.at)
            inside = sorted(text for text in backend.identity if is_service_address(stack, text))
            if inside:
                yield front.violation(f"{inside[0]} is the address of a Service", backend.at)
