"""HAProxy on a control-plane node."""

from collections.abc import Iterator

from policies.parsers.haproxy import Haproxy, Section
from policies.rule import Scope, Severity, rule
from policies.scope import BALANCER
from policies.stack import Stack
from policies.views.machines import hosts
from policies.violation import Violation

ANY = frozenset({"*", "0.0.0.0", "::", "[::]", ""})  # noqa: S104 -- what the configuration says, not what we bind


@rule(
    id="P31",
    title="HAProxy has all three timeouts and does not listen on the API server's port",
    fix="Set timeout connect, client and server; let the frontend listen on another port than 6443 (such as 8443).",
    evidence=BALANCER,
    severity=Severity.HIGH,
    scope=Scope.RESOURCE,
    references=("HAProxy configuration manual: timeouts",),
)
def complete_haproxy(stack: Stack) -> Iterator[Violation]:
    """Without timeouts dead connections fill the table; two processes cannot listen on the same port."""
    for host in hosts(stack):
        for backend in host.haproxy.api_backends():
            fronts = host.haproxy.frontends(backend)
            if missing := list(_missing(host.haproxy, backend, fronts)):
                yield host.violation(f"HAProxy has no timeout {', '.join(missing)}")
            for front in fronts:
                taken = [b for b in host.haproxy.binds(front) if b[1] == host.api_port and b[0] in ANY | {host.address}]
                if taken and host.is_plane:
                    yield host.violation(
                        f"HAProxy's {front.kind} {front.name} listens on the API server's port {host.api_port}"
                    )


def _missing(haproxy: Haproxy, backend: Section, fronts: tuple[Section, ...]) -> Iterator[str]:
    for timeout in ("connect", "server"):
        if not haproxy.said(backend, "timeout", timeout):
            yield timeout
    if not all(haproxy.said(front, "timeout", "client") for front in fronts):
        yield "client"
