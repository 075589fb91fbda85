"""Every connection to etcd, and between its members, uses TLS."""

import re
from collections.abc import Iterator

from policies.rule import Scope, Severity, rule
from policies.scope import MEMBER
from policies.stack import Stack
from policies.views.etcd import etcd_clusters
from policies.views.machines import hosts
from policies.violation import Violation

# etcd's own ports, and the options and keys that hold its URLs on any port.
_PLAIN = re.compile(r"http://(?P<host>\[[^\]\s]{1,64}\]|[^\s:/,\"'\[\]]{1,255}):(?P<port>2379|2380)\b")
_URLS = frozenset(
    {
        "listen-client-urls",
        "listen-peer-urls",
        "advertise-client-urls",
        "initial-advertise-peer-urls",
        "initial-cluster",
    }
)


@rule(
    id="P09",
    title="No etcd URL is plain http",
    fix="Write https:// in every peer, client, listen and advertise URL; plain metrics may listen on loopback only.",
    evidence=MEMBER,
    severity=Severity.CRITICAL,
    scope=Scope.RESOURCE,
    references=("CIS Kubernetes 1.12: 2.1", "CIS Kubernetes 1.12: 2.4", "NSA/CISA Kubernetes Hardening Guide: etcd"),
)
def encrypted_etcd(stack: Stack) -> Iterator[Violation]:
    """Everything in the cluster, every Secret included, travels through these URLs."""
    for cluster in etcd_clusters(stack):
        for member in cluster.members if not cluster.hosts else ():
            for url in (member.peer_url, member.client_url):
                if url.startswith("http://"):
                    yield cluster.violation(f"member {member.name} is reached at {url}")
    for host in hosts(stack):
        if host.role not in ("control-plane", "etcd"):
            continue
        plain = {url.partition("=")[2] or url for name in _URLS for url in host.etcd.get(name, "").split(",")}
        plain |= {url for url in host.etcd.get("listen-metrics-urls", "").split(",") if "//127.0.0.1:" not in url}
        plain |= set(host.flags("kube-apiserver").get("etcd-servers", "").split(","))
        plain |= set(host.kubeadm.cluster.part("etcd").part("external").texts("endpoints"))
        plain = {url for url in plain if url.startswith("http://")}
        for _, text in host.find(lambda text: "http://" in text and "snapshot" not in text):
            plain |= {found.group() for found in _PLAIN.finditer(text)}
        if plain:
            yield host.violation(f"plain http: {', '.join(sorted(plain))}", at=min(plain))
