"""Nothing speaks to etcd, or lets etcd speak, without TLS."""

import re
from collections.abc import Iterator

from policies.rule import Scope, Severity, rule
from policies.stack import Stack
from policies.views.etcd import etcd_clusters
from policies.views.machines import hosts
from policies.violation import Violation

_PLAIN = re.compile(r"http://(?P<host>\[[^\]]+\]|[^\s:/,\"']+):(?P<port>2379|2380)\b")
_SCRAPED = frozenset({"listen-metrics-urls"})


@rule(
    id="P09",
    title="No etcd URL is plain http",
    fix="Write https:// in every peer, client, listen and advertise URL; plain metrics may listen on loopback only.",
    severity=Severity.CRITICAL,
    scope=Scope.RESOURCE,
    references=("CIS Kubernetes 1.12: 2.1", "CIS Kubernetes 1.12: 2.4", "NSA/CISA Kubernetes Hardening Guide: etcd"),
)
def encrypted_etcd(stack: Stack) -> Iterator[Violation]:
    """Everything in the cluster, every Secret included, passes these URLs."""
    for cluster in etcd_clusters(stack):
        for member in cluster.members:
            for url in (member.peer_url, member.client_url):
                if url.startswith("http://"):
                    yield cluster.violation(f"member {member.name} is reached at {url}")
    for host in hosts(stack):
        plain = {
            f"{name} {url}"
            for name, urls in host.etcd.items()
            for url in urls.split(",")
            if url.startswith("http://") and not (name in _SCRAPED and "//127.0.0.1:" in url)
        }
        for path, text in host.find(lambda text: "http://" in text):
            plain |= {f"{path} {found.group()}" for found in _PLAIN.finditer(text)}
        for found_url in sorted(plain):
            yield host.violation(f"plain http: {found_url}")
