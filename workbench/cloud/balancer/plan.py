"""A network load balancer as HAProxy's configuration."""

from collections.abc import Sequence
from dataclasses import dataclass

# Of a TCP listener, not changeable until 2024 and still the default (NLB User Guide, "Idle timeout").
IDLE_SECONDS = 350


@dataclass(frozen=True, kw_only=True)
class Check:
    """The health check of a target group. Times in seconds; `port` 0: the target's own."""

    protocol: str
    path: str
    port: int
    status: str
    interval: int
    timeout: int
    healthy: int
    unhealthy: int


@dataclass(frozen=True, kw_only=True)
class Target:
    """One target: an address in a zone."""

    address: str
    port: int
    zone: str


@dataclass(frozen=True, kw_only=True)
class Listener:
    """One port of a balancer in one zone. `targets` are those that this zone's address sends connections to."""

    name: str
    address: str
    port: int
    targets: tuple[Target, ...]
    check: Check


def configuration(listeners: Sequence[Listener], *, socket: str) -> str:
    """haproxy.cfg; `socket` is the file of its runtime API."""
    head = f"""global
  stats socket {socket} mode 600 level admin
  maxconn 4000

defaults
  mode tcp
  timeout connect 5s
  timeout client {IDLE_SECONDS}s
  timeout server {IDLE_SECONDS}s
  # A load balancer never moves a connection to another target.
  retries 0
"""
    return head + "".join(_listener(listener) for listener in listeners)


def server(target: Target) -> str:
    """The name of a target."""
    return f"{target.address}:{target.port}"


def _listener(listener: Listener) -> str:
    check = listener.check
    http = check.protocol in {"HTTP", "HTTPS"}
    checks = (
        f"  option httpchk\n  http-check send meth GET uri {check.path}\n"
        f"  http-check expect rstatus ^({check.status.replace(',', '|')})$\n"
        if http
        else ""
    )
    # AWS does not verify certificates of targets.
    tls = " check-ssl verify none" if check.protocol == "HTTPS" else ""
    port = f" port {check.port}" if check.port else ""
    rules = (
        f"check inter {check.interval}s rise {check.healthy} fall {check.unhealthy}{tls}{port}"
        # Connections to a target that becomes unhealthy are closed (target group attribute of that name, default on).
        " on-marked-down shutdown-sessions"
    )
    source = f"  source {listener.address}\n"
    lines = "".join(f"  server {server(t)} {t.address}:{t.port} {rules}\n" for t in listener.targets)
    every = "".join(f"  server {server(t)} {t.address}:{t.port}\n" for t in listener.targets)
    name = listener.name
    return f"""
frontend {name}
  bind {listener.address}:{listener.port}
  # With no healthy target it sends connections to all of them ("fail open").
  use_backend {name}-open if {{ nbsrv({name}-healthy) eq 0 }}
  default_backend {name}-healthy

backend {name}-healthy
  balance roundrobin
  timeout check {check.timeout}s
{source}{checks}{lines}
backend {name}-open
  balance roundrobin
{source}{every}"""
