"""Where TLS terminates."""

from collections.abc import Iterable, Iterator

from policies.parsers.haproxy import Haproxy, Section
from policies.references import KUBEADM_HA
from policies.rule import Severity, rule
from policies.scope import BALANCER
from policies.stack import Stack
from policies.views.load_balancers import load_balancers
from policies.views.machines import hosts
from policies.violation import Violation

PASSES = ("TCP", "TCP_UDP")


@rule(
    id="P23",
    title="The API's balancer passes TCP through; TLS terminates at the API servers",
    fix="Use a TCP listener without a certificate (HAProxy: mode tcp and a bind without ssl).",
    evidence=BALANCER,
    severity=Severity.CRITICAL,
    references=(KUBEADM_HA, "Kubernetes documentation: X.509 client certificates"),
)
def passes_through(stack: Stack) -> Iterator[Violation]:
    """A balancer that terminates TLS drops the client's certificate: nodes and administrators cannot log in."""
    for balancer in load_balancers(stack):
        for listener in balancer.api_listeners():
            plain = listener.protocol in PASSES or (not listener.protocol and balancer.kind in ("network", ""))
            if not plain or listener.certificate or balancer.kind in ("application", "gateway"):
                spoken = f"{listener.protocol or 'HTTP'}{' with a certificate' if listener.certificate else ''}"
                what = f"the listener of the API on port {listener.port} speaks {spoken}"
                yield balancer.violation(what, listener.resource)
    for host in hosts(stack):
        for section in _sections(host.haproxy):
            if not host.haproxy.tcp(section):
                yield host.violation(f"HAProxy's {section.kind} {section.name} is not in mode tcp")
            if any("ssl" in words for _, _, words in host.haproxy.binds(section)):
                yield host.violation(f"HAProxy's {section.kind} {section.name} terminates TLS")
        if any("ssl" in words for upstream in host.upstreams for words in upstream.listens):
            yield host.violation("nginx terminates TLS in front of the API servers")


def _sections(haproxy: Haproxy) -> Iterable[Section]:
    """Backends of the API and the frontends that use them."""
    backends_ = haproxy.api_backends()
    return dict.fromkeys(part for backend in backends_ for part in (backend, *haproxy.frontends(backend)))
