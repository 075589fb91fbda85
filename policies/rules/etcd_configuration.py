"""How members, and API servers as their clients, are configured."""

from collections.abc import Iterator

from policies.facts import LOOPBACK
from policies.parsers.etcd_command import members
from policies.properties import Properties
from policies.references import OPERATING_ETCD
from policies.rule import Level, Scope, Severity, rule
from policies.scope import MEMBER, PLANE
from policies.stack import Stack
from policies.views.etcd import etcd_clusters, is_runtime
from policies.views.hosts import Host
from policies.views.machines import hosts
from policies.violation import Violation

CLUSTERING = "etcd documentation: clustering guide"
CHECKS = ("client-cert-auth", "peer-client-cert-auth")
YES = frozenset({"true", "1", "t"})  # what Go's flag package reads as true
_DISCOVERY = frozenset({"discovery", "discovery-srv"})
TLS = ("cert-file", "key-file", "trusted-ca-file", "peer-cert-file", "peer-key-file", "peer-trusted-ca-file")


def _endpoints(host: Host) -> tuple[str, ...]:
    """etcd URLs that the host's API server gets."""
    if (external := _external(host)).has("endpoints"):
        return external.texts("endpoints")
    listed = host.flags("kube-apiserver").get("etcd-servers", "")
    return tuple(url.strip() for url in listed.split(",") if url.strip())


def _external(host: Host) -> Properties:
    return host.kubeadm.cluster.part("etcd").part("external")


@rule(
    id="P07",
    title="Every member is started with the same, complete member list",
    fix="Render --initial-cluster from one member list for all members.",
    evidence=MEMBER,
    severity=Severity.CRITICAL,
    references=(CLUSTERING,),
)
def same_initial_cluster(stack: Stack) -> Iterator[Violation]:
    """Members whose lists differ refuse each other, or form two clusters that each believe they are the only one."""
    for cluster in etcd_clusters(stack):
        wanted = {(member.name, member.peer_url) for member in cluster.members}
        for host in cluster.hosts:
            listed = host.etcd.get("initial-cluster", "")
            found = set(members(listed))
            if not found and len(wanted) > 1 and host.etcd and not _DISCOVERY & set(host.etcd):
                yield host.violation(f"starts etcd without the list of {len(wanted)} members")
            if not found or "$" in listed or "%" in listed or any(is_runtime(name) for name, _ in wanted):
                continue
            differing = sorted(f"{name}={url}" for name, url in wanted ^ found if url)
            if differing:
                what = f"the member list differs from the cluster's in {', '.join(differing)}"
                yield host.violation(what, at="initial-cluster")


@rule(
    id="P08",
    title="The cluster has a token of its own",
    fix="Set --initial-cluster-token to a name that no other cluster has.",
    evidence=MEMBER,
    severity=Severity.LOW,
    level=Level.ADVISORY,
    scope=Scope.RESOURCE,
    references=(CLUSTERING,),
)
def own_token(stack: Stack) -> Iterator[Violation]:
    """With etcd's default token, members of two clusters can join each other after one wrong address."""
    for host in hosts(stack):
        token = host.etcd.get("initial-cluster-token", "")  # etcd's default is etcd-cluster
        if host.etcd and token in ("", "etcd-cluster"):
            yield host.violation("starts etcd without a cluster token of its own")


@rule(
    id="P10",
    title="etcd requires a certificate from every client and every peer",
    fix="Set client-cert-auth, peer-client-cert-auth, both trusted CA files and both key pairs; drop auto-tls.",
    evidence=MEMBER,
    severity=Severity.CRITICAL,
    scope=Scope.RESOURCE,
    references=tuple(f"CIS Kubernetes 1.12: 2.{n}" for n in range(1, 7)),
)
def client_certificates(stack: Stack) -> Iterator[Violation]:
    """Any client that reaches etcd without a certificate reads every Secret and can rewrite the cluster."""
    for host in hosts(stack):
        if not host.etcd:
            continue
        # A plain URL is P09's finding; certificates would not be used there.
        plain = any(
            host.etcd.get(name, "").startswith("http://") for name in ("listen-client-urls", "listen-peer-urls")
        )
        lacking = [f"--{option}=true" for option in CHECKS if host.etcd.get(option, "false").lower() not in YES]
        lacking += [f"--{option}" for option in TLS if option not in host.etcd]
        if lacking and not plain:
            yield host.violation(f"etcd runs without {', '.join(lacking)}")
        for option in ("auto-tls", "peer-auto-tls"):
            if host.etcd.get(option, "false").lower() in YES:
                yield host.violation(f"etcd issues its own certificates (--{option})", at=option)


@rule(
    id="P11",
    title="API servers authenticate to etcd with a certificate and verify etcd's",
    fix="Set caFile, certFile and keyFile of etcd.external (or the --etcd-cafile, -certfile, -keyfile options).",
    evidence=PLANE,
    severity=Severity.CRITICAL,
    scope=Scope.RESOURCE,
    references=("CIS Kubernetes 1.12: 1.2.23", "CIS Kubernetes 1.12: 1.2.26"),
)
def authenticated_api_server(stack: Stack) -> Iterator[Violation]:
    """Without them the API server either cannot connect to etcd, or connects to any server."""
    for host in hosts(stack):
        if not _endpoints(host):
            continue
        flags, external = host.flags("kube-apiserver"), _external(host)
        names = (("caFile", "etcd-cafile"), ("certFile", "etcd-certfile"), ("keyFile", "etcd-keyfile"))
        lacking = [name for name, option in names if not external.text(name) and option not in flags]
        # URLs without TLS are P09's finding.
        if lacking and not all(url.startswith("http://") for url in _endpoints(host)):
            yield host.violation(f"the API server has no {', '.join(lacking)} for etcd")


@rule(
    id="P12",
    title="All API servers use the same etcd cluster",
    fix="List the client URLs of all members, or only the member on the same machine, and nothing else.",
    evidence=PLANE,
    severity=Severity.CRITICAL,
    references=(OPERATING_ETCD,),
)
def same_etcd(stack: Stack) -> Iterator[Violation]:
    """API servers with different stores show different clusters; one that lists only a remote member fails with it."""
    for cluster in etcd_clusters(stack):
        every = {m.client_url.replace("http://", "https://") for m in cluster.members if m.client_url}
        addresses = {member.address for member in cluster.members}
        for host in hosts(stack):
            found = {url.rstrip("/") for url in _endpoints(host)}
            if not found or not every or any(is_runtime(url) for url in found):
                continue
            # A URL without TLS is P09's finding.
            found = {url.replace("http://", "https://") for url in found}
            own = {url for url in found if any(place in url for place in LOOPBACK)}
            own |= {m.client_url for m in cluster.members if m.address == host.address} & found
            unserved = sorted(found - every - own)
            if unserved:
                yield host.violation(f"the API server uses {', '.join(unserved)}, which no member serves", unserved[0])
            elif own and host.address not in addresses:
                yield host.violation("the API server uses an etcd on its own machine, where no member runs")
            elif not own and found != every:
                yield host.violation(f"the API server does not use {', '.join(sorted(every - found))}")
