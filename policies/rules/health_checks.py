"""Whether the balancer notices that an API server is gone or unhealthy."""

from collections.abc import Iterator

from policies.rule import Level, Severity, rule
from policies.scope import BALANCER
from policies.stack import Stack
from policies.views.hosts import API_PORT
from policies.views.load_balancers import load_balancers
from policies.views.machines import hosts
from policies.violation import Violation

READY = ("/readyz", "/livez", "/healthz")
SECURE = ("HTTPS", "SSL")


@rule(
    id="P24",
    title="The balancer checks each API server on its own port",
    fix="Check port 6443 (or traffic-port) of every backend.",
    evidence=BALANCER,
    severity=Severity.HIGH,
    references=("Kubernetes documentation: API health endpoints",),
)
def checks_the_port(stack: Stack) -> Iterator[Violation]:
    """Without a check, or with a check of another port, a dead API server keeps getting its share of the requests."""
    for balancer in load_balancers(stack):
        for group in balancer.api_groups() if balancer.is_api else ():
            port = group.health.text("port")
            if not group.health.flag("enabled", missing=True):
                yield balancer.violation("the health check is disabled", group.resource)
            elif port not in ("", "traffic-port", *map(str, group.ports or {API_PORT})):
                yield balancer.violation(f"the health check uses port {port}, not {API_PORT}", group.resource)
    for host in hosts(stack):
        for section in host.haproxy.api_backends():
            unchecked = [
                s.name for s in (host.haproxy.servers(section) if host.haproxy else ()) if "check" not in s.words
            ]
            if unchecked:
                yield host.violation(f"HAProxy does not check {', '.join(unchecked)}")


@rule(
    id="P102",
    title="The balancer requests /readyz instead of only connecting to the port",
    fix="Use an HTTPS check of /readyz (HAProxy: option httpchk with check-ssl).",
    evidence=BALANCER,
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    references=("Kubernetes documentation: API health endpoints",),
)
def asks_for_readiness(stack: Stack) -> Iterator[Violation]:
    """An unhealthy API server still accepts connections: a TCP check keeps it in rotation, /readyz takes it out."""
    for balancer in load_balancers(stack):
        for group in balancer.api_groups() if balancer.is_api else ():
            if group.health.text("protocol").upper() not in SECURE or group.health.text("path") not in READY:
                yield balancer.violation("the health check does not request /readyz over HTTPS", group.resource)
    for host in hosts(stack):
        if host.upstreams:
            yield host.violation("nginx's stream proxy only notices refused connections")
        for section in host.haproxy.api_backends():
            said = " ".join(word for line in section.lines for word in line)
            if not any(path in said for path in READY) or "check-ssl" not in said:
                yield host.violation(f"HAProxy's {section.kind} {section.name} does not request /readyz over TLS")
