"""Names that server certificates must be valid for, derived from the rest of the stack."""

from collections.abc import Iterator

from policies.addresses import canonical, host_of, is_address, port_of
from policies.facts import Node, domain, endpoint_names, nodes, service_ranges, virtual_addresses
from policies.references import ETCD_SECURITY, PKI
from policies.rule import Severity, rule
from policies.scope import CERTIFICATE
from policies.stack import Stack
from policies.views.certificates import Certificate
from policies.views.custody import holders
from policies.views.etcd import etcd_clusters
from policies.views.machines import hosts
from policies.views.purposes import certificates
from policies.violation import Violation

LOOPBACK = frozenset({"localhost", "127.0.0.1"})


def _shared_names(stack: Stack) -> dict[str, str]:
    """Names that every API server's certificate needs, each with its source."""
    found = dict.fromkeys(("kubernetes", "kubernetes.default", "kubernetes.default.svc"), "the API's Service")
    found[f"kubernetes.default.svc.{domain(stack)}"] = "the API's Service"
    # The API takes the first address of each range (kube-apiserver: --service-cluster-ip-range).
    found |= {str(network[1]): f"first address of {network}" for network in service_ranges(stack)}
    found |= dict.fromkeys(endpoint_names(stack), "the API's endpoint")
    found |= dict.fromkeys(virtual_addresses(stack), "the virtual address")
    found |= dict.fromkeys(_issuers(stack), "the issuer of service-account tokens")
    return {canonical(name): origin for name, origin in {**found, **dict.fromkeys(LOOPBACK, "local clients")}.items()}


def _issuers(stack: Stack) -> Iterator[str]:
    """Names at which API servers publish their token keys: clients verify the server's certificate there."""
    for host in hosts(stack):
        issuer = host.flags("kube-apiserver").get("service-account-issuer", "")
        if issuer.startswith("https://") and port_of(issuer) == host.api_port:
            yield host_of(issuer)


def _holders(stack: Stack, certificate: Certificate) -> frozenset[str]:
    """Names and addresses of the machines that get the certificate's key."""
    key = certificate.key.urn if certificate.key else ""
    return frozenset(text for holder in holders(stack) if key in holder.keys for text in holder.identity)


def _own_names(node: Node) -> frozenset[str]:
    return frozenset(canonical(text) for text in (node.name, node.address) if text)


def _missing(stack: Stack, certificates: list[Certificate]) -> Iterator[tuple[Certificate, Node]]:
    """Nodes whose names their certificate lacks.

    If no holder is known, one of the certificates must contain the node's name.
    """
    held = {certificate.resource.urn: _holders(stack, certificate) for certificate in certificates}
    for node in nodes(stack):
        mine = [c for c in certificates if held[c.resource.urn] & node.identity]
        candidates = mine or [c for c in certificates if not held[c.resource.urn]]
        fitting = [c for c in candidates if all(map(c.covers, _own_names(node)))]
        if mine:
            yield from ((certificate, node) for certificate in mine if certificate not in fitting)
        elif candidates and not fitting:
            yield candidates[0], node


@rule(
    id="P38",
    title="The API server's certificate is valid for every name that clients use",
    fix="Add the missing names to dnsNames and ipAddresses of the certificate request.",
    evidence=CERTIFICATE,
    severity=Severity.CRITICAL,
    references=(PKI,),
)
def api_names(stack: Stack) -> Iterator[Violation]:
    """Pods, nodes and people that use a missing name refuse the connection, often long after the change."""
    serving = [c for c in certificates(stack) if c.purpose == "apiserver"]
    shared = _shared_names(stack) if serving else {}
    for certificate in serving:
        lacking = [f"{name} ({origin})" for name, origin in sorted(shared.items()) if not certificate.covers(name)]
        if lacking:
            yield certificate.violation(f"is not valid for {', '.join(lacking)}")
    for certificate, node in _missing(stack, serving):
        own = sorted(name for name in _own_names(node) if not certificate.covers(name))
        yield certificate.violation(f"is not valid for {', '.join(own)} (node {node.name})")


@rule(
    id="P39",
    title="etcd's certificates are valid for their member's name and address and for loopback",
    fix="Add the member's host name, its address, localhost and 127.0.0.1 to the request.",
    evidence=CERTIFICATE,
    severity=Severity.CRITICAL,
    references=(ETCD_SECURITY,),
)
def etcd_names(stack: Stack) -> Iterator[Violation]:
    """Peers check the address of the caller and local clients use loopback; a member that they refuse cannot join."""
    serving = [c for c in certificates(stack) if c.purpose == "etcd"]
    members = {canonical(m.address): canonical(m.name) for cluster in etcd_clusters(stack) for m in cluster.members}
    named = set()
    for certificate in serving:
        names = certificate.known_names
        own = {address for address, name in members.items() if {address, name} & names and is_address(address)}
        named |= own
        if members and not own and not certificate.unknown_names:
            yield certificate.violation("is not valid for the name or address of any member")
        lacking = [name for name in sorted(LOOPBACK) if not certificate.covers(name)]
        for address in sorted(own):
            lacking += [name for name in sorted({address, members[address]} - {""}) if not certificate.covers(name)]
        if lacking:
            yield certificate.violation(f"is not valid for {', '.join(lacking)}")
    if serving:
        for address in sorted(a for a in set(members) - named if is_address(a)):
            what = f"no etcd certificate is valid for {address} (member {members[address]})"
            yield Violation(what=what, urn=serving[0].resource.urn, because=serving[0].because)
