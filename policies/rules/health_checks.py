"""Whether the balancer notices that an API server is gone, or ill."""

from collections.abc import Iterator

from policies.rule import Level, Severity, rule
from policies.stack import Stack
from policies.views.load_balancers import API_PORT, load_balancers
from policies.views.machines import hosts
from policies.violation import Violation

READY = ("/readyz", "/livez")


@rule(
    id="P24",
    title="The balancer checks each API server on its own port",
    fix="Check port 6443 (or traffic-port) of every backend.",
    severity=Severity.HIGH,
    references=("Kubernetes documentation: API health endpoints",),
)
def checks_the_port(stack: Stack) -> Iterator[Violation]:
    """Without a check, or with one of another port, a dead API server keeps getting its share of the requests."""
    for balancer in load_balancers(stack):
        for group in balancer.api_groups() if balancer.is_api else ():
            port = group.health.text("port")
            if not group.health.flag("enabled", missing=True):
                yield group.resource.violation("the health check is switched off")
            elif port not in ("", "traffic-port", str(API_PORT)):
                yield group.resource.violation(f"the health check asks port {port}, not {API_PORT}")
    for host in hosts(stack):
        for section in host.haproxy.api_backends():
            unchecked = [
                s.name for s in (host.haproxy.servers(section) if host.haproxy else ()) if "check" not in s.words
            ]
            if unchecked:
                yield host.violation(f"HAProxy does not check {', '.join(unchecked)}")


@rule(
    id="P102",
    title="The balancer asks /readyz, not only whether the port is open",
    fix="Use an HTTPS check of /readyz (HAProxy: option httpchk with check-ssl).",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    references=("Kubernetes documentation: API health endpoints",),
)
def asks_for_readiness(stack: Stack) -> Iterator[Violation]:
    """A sick API server still accepts connections: a check of layer 4 keeps it in rotation, /readyz takes it out."""
    for balancer in load_balancers(stack):
        for group in balancer.api_groups() if balancer.is_api else ():
            if group.health.text("protocol").upper() != "HTTPS" or group.health.text("path") not in READY:
                yield group.resource.violation("the health check does not ask /readyz over HTTPS")
    for host in hosts(stack):
        if host.upstreams:
            yield host.violation("nginx's stream proxy only notices refused connections")
        for section in host.haproxy.api_backends():
            said = " ".join(word for line in section.lines for word in line)
            if not any(path in said for path in READY) or "check-ssl" not in said:
                yield host.violation(f"HAProxy's {section.kind} {section.name} does not ask /readyz over TLS")
