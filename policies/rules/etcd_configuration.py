"""What every member, and every API server as its client, is told about etcd."""

from collections.abc import Iterator

from policies.facts import LOOPBACK
from policies.parsers.etcd_command import members
from policies.properties import Properties
from policies.references import OPERATING_ETCD
from policies.rule import Level, Scope, Severity, rule
from policies.stack import Stack
from policies.views.etcd import etcd_clusters
from policies.views.hosts import Host
from policies.views.machines import hosts
from policies.violation import Violation

CLUSTERING = "etcd documentation: clustering guide"
TLS = ("cert-file", "key-file", "trusted-ca-file", "peer-cert-file", "peer-key-file", "peer-trusted-ca-file")


def _endpoints(host: Host) -> tuple[str, ...]:
    """etcd URLs that the host's API server is told."""
    if (external := _external(host)).has("endpoints"):
        return external.texts("endpoints")
    told = host.flags("kube-apiserver").get("etcd-servers", "")
    return tuple(url.strip() for url in told.split(",") if url.strip())


def _external(host: Host) -> Properties:
    return host.kubeadm.cluster.part("etcd").part("external")


@rule(
    id="P07",
    title="Every member is started with the same, complete member list",
    fix="Render --initial-cluster from one member list for all members.",
    severity=Severity.CRITICAL,
    references=(CLUSTERING,),
)
def same_initial_cluster(stack: Stack) -> Iterator[Violation]:
    """Members whose lists differ refuse each other, or form two clusters that both believe to be the whole."""
    for cluster in etcd_clusters(stack):
        wanted = {(member.name, member.peer_url) for member in cluster.members}
        for host in cluster.hosts:
            told = members(host.etcd.get("initial-cluster", ""))
            if not told and len(wanted) > 1 and host.etcd and "discovery-srv" not in host.etcd:
                yield host.violation(f"starts etcd without the list of {len(wanted)} members")
            differing = sorted(f"{name}={url}" for name, url in wanted ^ set(told) if url) if told else []
            if differing:
                yield host.violation(f"the member list differs from the cluster's in {', '.join(differing)}")


@rule(
    id="P08",
    title="The cluster has a token of its own",
    fix="Set --initial-cluster-token to a name that no other cluster has.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    scope=Scope.RESOURCE,
    references=(CLUSTERING,),
)
def own_token(stack: Stack) -> Iterator[Violation]:
    """Members of two clusters with etcd's default token may take each other for their own after a wrong address."""
    for host in hosts(stack):
        token = host.etcd.get("initial-cluster-token", "")
        if host.etcd and token in ("", "etcd-cluster"):  # etcd's default
            yield host.violation("starts etcd without a cluster token of its own")


@rule(
    id="P10",
    title="etcd asks every client and every peer for a certificate",
    fix="Set client-cert-auth, peer-client-cert-auth, both trusted CA files and both key pairs; drop auto-tls.",
    severity=Severity.CRITICAL,
    scope=Scope.RESOURCE,
    references=tuple(f"CIS Kubernetes 1.12: 2.{n}" for n in range(1, 7)),
)
def client_certificates(stack: Stack) -> Iterator[Violation]:
    """Whoever reaches etcd without a certificate reads every Secret and may rewrite the cluster."""
    for host in hosts(stack):
        if not host.etcd:
            continue
        for option in ("client-cert-auth", "peer-client-cert-auth"):
            if host.etcd.get(option, "false") != "true":
                yield host.violation(f"etcd runs without --{option}=true")
        for option in TLS:
            if option not in host.etcd:
                yield host.violation(f"etcd runs without --{option}")
        for option in ("auto-tls", "peer-auto-tls"):
            if host.etcd.get(option, "false") == "true":
                yield host.violation(f"etcd makes certificates up by itself (--{option})")


@rule(
    id="P11",
    title="API servers speak to etcd with a certificate and check etcd's",
    fix="Set caFile, certFile and keyFile of etcd.external (or the --etcd-cafile, -certfile, -keyfile options).",
    severity=Severity.CRITICAL,
    scope=Scope.RESOURCE,
    references=("CIS Kubernetes 1.12: 1.2.23", "CIS Kubernetes 1.12: 1.2.26"),
)
def authenticated_api_server(stack: Stack) -> Iterator[Violation]:
    """Without them the API server either cannot speak to etcd, or would speak to anything that answers."""
    for host in hosts(stack):
        if not _endpoints(host):
            continue
        flags, external = host.flags("kube-apiserver"), _external(host)
        for name, option in (("caFile", "etcd-cafile"), ("certFile", "etcd-certfile"), ("keyFile", "etcd-keyfile")):
            if not external.text(name) and option not in flags:
                yield host.violation(f"the API server has no {name} for etcd")


@rule(
    id="P12",
    title="All API servers use the same etcd cluster",
    fix="List the client URLs of all members, or only the member on the same machine, and nothing else.",
    severity=Severity.CRITICAL,
    references=(OPERATING_ETCD,),
)
def same_etcd(stack: Stack) -> Iterator[Violation]:
    """API servers over different stores show different clusters; one that lists only a remote member dies with it."""
    for cluster in etcd_clusters(stack):
        every = {member.client_url for member in cluster.members if member.client_url}
        addresses = {member.address for member in cluster.members}
        for host in hosts(stack):
            told = set(_endpoints(host))
            if not told or not every:
                continue
            own = {url for url in told if any(place in url for place in LOOPBACK)}
            own |= {m.client_url for m in cluster.members if m.address == host.address} & told
            strange = sorted(told - every - own)
            if strange:
                yield host.violation(f"the API server is told of {', '.join(strange)}, which no member serves")
            elif own and host.address not in addresses:
                yield host.violation("the API server is told of an etcd on its own machine, where no member runs")
            elif not own and told != every:
                yield host.violation(f"the API server is not told of {', '.join(sorted(every - told))}")
