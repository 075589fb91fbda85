"""What stands in front of the API servers, and what stands behind it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policies.facts import Node, is_service_address, nodes
from policies.resources import Resource
from policies.rule import Level, Severity, rule
from policies.stack import Stack
from policies.texts.haproxy import Haproxy, Section
from policies.views.load_balancers import API_PORT, Attachment, LoadBalancer
from policies.violation import Violation

KUBEADM_HA = "Kubernetes documentation: creating highly available clusters with kubeadm"
NODE_PORTS = range(30000, 32768)  # kube-apiserver's default --service-node-port-range
ETCD_PORTS = (2379, 2380)
READY = ("/readyz", "/livez")


@dataclass(frozen=True, kw_only=True, eq=False)
class Backend:
    """One place to which a balancer sends API connections. `identity` holds every text that can mean the machine."""

    at: Resource
    name: str
    identity: frozenset[str]
    port: int | None


def backends(stack: Stack) -> Iterator[tuple[Resource, tuple[Backend, ...]]]:
    """For each balancer of the API (load balancer, or host that runs one): everything behind it."""
    for balancer in stack.load_balancers():
        if balancer.is_api:
            groups = balancer.api_groups()
            yield balancer.resource, tuple(_target(a, g.port) for g in groups for a in g.attachments)
    for host in stack.hosts():
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
    mend="Give API servers the member list; etcd's client balances by itself.",
    severity=Severity.HIGH,
    references=("etcd documentation: client design",),
)
def no_balanced_etcd(stack: Stack) -> Iterator[Violation]:
    """A balancer hides which member answers, breaks the client's own failover, and opens etcd to whoever reaches it."""
    for balancer in stack.load_balancers():
        for listener in balancer.listeners:
            ports = {listener.port, *(group.port for group in listener.groups)} & set(ETCD_PORTS)
            if ports:
                yield listener.resource.violation(f"a listener leads to etcd's port {min(p for p in ports if p)}")
    for host in stack.hosts():
        for section in host.haproxy.of("backend", "listen"):
            if any(server.port in ETCD_PORTS for server in host.haproxy.servers(section)):
                yield host.violation(f"HAProxy's {section.kind} {section.name} leads to etcd")


@rule(
    id="P21",
    title="Behind the API's balancer are all control-plane nodes, and only they, on 6443",
    mend="Attach every control-plane node on port 6443, and nothing else.",
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
    mend="Send connections to the nodes' own addresses on 6443.",
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


@rule(
    id="P23",
    title="The API's balancer passes TCP through; TLS ends at the API servers",
    mend="Use a TCP listener without a certificate (HAProxy: mode tcp and a bind without ssl).",
    severity=Severity.CRITICAL,
    references=(KUBEADM_HA, "Kubernetes documentation: X.509 client certificates"),
)
def passes_through(stack: Stack) -> Iterator[Violation]:
    """Where TLS ends the client's certificate ends too: nodes and administrators could no longer log in."""
    for balancer in stack.load_balancers():
        for listener in balancer.api_listeners():
            if listener.protocol != "TCP" or listener.certificate or balancer.kind != "network":
                said = f"{listener.protocol or 'HTTP'}{' with a certificate' if listener.certificate else ''}"
                yield listener.resource.violation(f"the listener of the API on port {listener.port} speaks {said}")
    for host in stack.hosts():
        for section in _sections(host.haproxy):
            if not host.haproxy.tcp(section):
                yield host.violation(f"HAProxy's {section.kind} {section.name} is not in mode tcp")
            if any("ssl" in words for _, _, words in host.haproxy.binds(section)):
                yield host.violation(f"HAProxy's {section.kind} {section.name} ends TLS")
        if any("ssl" in words for upstream in host.upstreams for words in upstream.listens):
            yield host.violation("nginx ends TLS in front of the API servers")


def _sections(haproxy: Haproxy) -> Iterable[Section]:
    """Backends of the API and the frontends before them."""
    backends_ = haproxy.api_backends()
    return dict.fromkeys(part for backend in backends_ for part in (backend, *haproxy.frontends(backend)))


@rule(
    id="P24",
    title="The balancer checks each API server on its own port",
    mend="Check port 6443 (or traffic-port) of every backend.",
    severity=Severity.HIGH,
    references=("Kubernetes documentation: API health endpoints",),
)
def checks_the_port(stack: Stack) -> Iterator[Violation]:
    """Without a check, or with one of another port, a dead API server keeps getting its share of the requests."""
    for balancer in stack.load_balancers():
        for group in balancer.api_groups() if balancer.is_api else ():
            port = group.health.text("port")
            if not group.health.flag("enabled", missing=True):
                yield group.resource.violation("the health check is switched off")
            elif port not in ("", "traffic-port", str(API_PORT)):
                yield group.resource.violation(f"the health check asks port {port}, not {API_PORT}")
    for host in stack.hosts():
        for section in host.haproxy.api_backends():
            unchecked = [
                s.name for s in (host.haproxy.servers(section) if host.haproxy else ()) if "check" not in s.words
            ]
            if unchecked:
                yield host.violation(f"HAProxy does not check {', '.join(unchecked)}")


@rule(
    id="P102",
    title="The balancer asks /readyz, not only whether the port is open",
    mend="Use an HTTPS check of /readyz (HAProxy: option httpchk with check-ssl).",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    references=("Kubernetes documentation: API health endpoints",),
)
def asks_for_readiness(stack: Stack) -> Iterator[Violation]:
    """A sick API server still accepts connections: a check of layer 4 keeps it in rotation, /readyz takes it out."""
    for balancer in stack.load_balancers():
        for group in balancer.api_groups() if balancer.is_api else ():
            if group.health.text("protocol").upper() != "HTTPS" or group.health.text("path") not in READY:
                yield group.resource.violation("the health check does not ask /readyz over HTTPS")
    for host in stack.hosts():
        if host.upstreams:
            yield host.violation("nginx's stream proxy only notices refused connections")
        for section in host.haproxy.api_backends():
            said = " ".join(word for line in section.lines for word in line)
            if not any(path in said for path in READY) or "check-ssl" not in said:
                yield host.violation(f"HAProxy's {section.kind} {section.name} does not ask /readyz over TLS")


@rule(
    id="P25",
    title="The API's network load balancer survives a zone, a slip of the hand, and a node calling itself",
    mend="Set preserveClientIp to false, enableDeletionProtection to true, and use subnets of at least two zones.",
    severity=Severity.HIGH,
    references=(
        "AWS documentation: network load balancers, client IP preservation",
        "AWS Foundational Security: ELB.6",
    ),
    thresholds={"disposable": ["local", "dev", "test"]},
)
def sturdy_balancer(stack: Stack, *, disposable: list[str]) -> Iterator[Violation]:
    """With client addresses preserved, a node that reaches itself through the balancer drops its own packets."""
    for balancer in stack.load_balancers():
        if balancer.is_api and balancer.kind == "network":
            yield from _frailties(balancer, protected=stack.environment not in disposable)


def _frailties(balancer: LoadBalancer, *, protected: bool) -> Iterator[Violation]:
    for group in balancer.api_groups():
        by_address = group.resource.properties.text("targetType") == "ip"
        # AWS preserves client addresses unless told otherwise, except for TCP to address targets.
        if group.resource.properties.flag("preserveClientIp", missing=not by_address):
            yield group.resource.violation("client addresses are preserved")
    if protected and not balancer.resource.properties.flag("enableDeletionProtection"):
        yield balancer.violation("deletion protection is off")
    if balancer.subnet_count < 2:  # noqa: PLR2004 -- one zone is what a zone's failure takes
        yield balancer.violation(f"the load balancer is in {balancer.subnet_count} subnet")
    zones = [subnet.properties.text("availabilityZone") for subnet in balancer.subnets]
    if len(zones) > 1 and all(zones) and len(set(zones)) < 2:  # noqa: PLR2004 -- as above
        yield balancer.violation(f"all subnets of the load balancer are in {zones[0]}")


@rule(
    id="P26",
    title="Own balancers are at least two machines",
    mend="Run the balancer and Keepalived on two or more hosts.",
    severity=Severity.HIGH,
    references=(KUBEADM_HA,),
    thresholds={"minimum": 2, "single": ["test", "dev"]},
)
def redundant_balancers(stack: Stack, *, minimum: int, single: list[str]) -> Iterator[Violation]:
    """A single balancer in front of three API servers is one machine whose loss takes the API away."""
    if stack.environment in single:
        return
    for resource in stack.of("quorate:hosts:VirtualIp"):
        count = len(resource.properties.texts("nodes"))
        if count < minimum:
            yield resource.violation(f"the virtual address can live on {count} machine, at least {minimum} are needed")
    carrying = [host for host in stack.hosts() if host.keepalived.instances or host.haproxy.api_backends()]
    if carrying and len(carrying) < minimum:
        yield carrying[0].violation(f"{len(carrying)} machine balances the API, at least {minimum} are needed")
