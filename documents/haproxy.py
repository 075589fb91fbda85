"""HAProxy in front of the API servers: TCP pass-through, HTTPS /readyz checks (requirements INF-09, INF-11)."""

from documents.balancing import balancing_hosts, called_back_as
from documents.file import File
from documents.network_text import host_port, speaks_ipv6
from documents.places import BALANCER_AUTHORITY
from plan import Plan
from plan.network.endpoint import API_PORT

MONITOR_PORT = 8404
MONITOR_PATH = "/alive"
SERVING_PATH = "/serving"

CHECKED = "kubernetes.default.svc"

CONFIGURATION = "/etc/haproxy/haproxy.cfg"


def files(plan: Plan) -> tuple[File, ...]:
    """The same text on every balancing host."""
    return (File(path=CONFIGURATION, content=configuration(plan), step="balancer"),)


def configuration(plan: Plan) -> str:
    """haproxy.cfg. Times are chosen from measured failovers: see the comments."""
    servers = "\n".join(f"  server {node.name} {host_port(node.address, API_PORT)}" for node in plan.nodes)
    return f"""global
  log stdout format raw local0 notice
  user haproxy
  group haproxy
  maxconn 4096
  # A reload leaves the previous process with its connections and without health checks: a watch on a stopped server
  # would hang there without a limit (haproxy#3330). nginx has the same limit (worker_shutdown_timeout).
  hard-stop-after 30s

defaults
  mode tcp
  log global
  # A silent peer costs one of these before the next server is tried.
  timeout connect 400ms
  # Watches are long: clients ping (HTTP/2, every 30 s), so an hour of silence means that the client is gone.
  timeout client 1h
  timeout server 1h
  # Longer than an etcd election: /readyz stalls while there is no leader, and all servers must not go down for that.
  timeout check 3s
  retries 3
  option redispatch 1
  option clitcpka
  option srvtcpka

frontend api
  bind {_bind(plan)}
{_call_back(plan)}  default_backend apiservers

backend apiservers
  balance leastconn
  option httpchk
  http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host {CHECKED}
  http-check expect status 200
  # A name that every API server's certificate always has. The endpoint's may change, and certificates then change one
  # node after the other: all servers would count as down meanwhile.
  default-server check check-ssl check-sni {CHECKED} verify required verifyhost {CHECKED} ca-file {BALANCER_AUTHORITY}
  # A TLS session that is taken up again shows no certificate: one that has run out would never be noticed.
  default-server no-ssl-reuse
  default-server inter 400ms fastinter 200ms downinter 500ms fall 2 rise 2 on-marked-down shutdown-sessions
{servers}
{_peers(plan)}
frontend monitor
  mode http
  bind 127.0.0.1:{MONITOR_PORT}
  timeout client 5s
  # Says that HAProxy lives, and nothing of the servers: while a whole cluster starts no server is ready yet,
  # and a condition here would leave it without its address.
  monitor-uri {MONITOR_PATH}
  # More than one: a host that is cut off from the others still has its own for some seconds.
  http-request return status 200 if {{ path {SERVING_PATH} }} {{ nbsrv(apiservers) gt 1 }}
  http-request return status 503 if {{ path {SERVING_PATH} }}
  http-request use-service prometheus-exporter if {{ path /metrics }}
  stats enable
  stats uri /stats
"""


def _call_back(plan: Plan) -> str:
    """Connections by which a peer checks whether its own port is open; see `balancing.called_back_as`."""
    hosts = balancing_hosts(plan)
    if len(hosts) < 2:  # noqa: PLR2004  a host and a peer
        return ""
    chosen = "".join(
        f"  tcp-request content set-var(sess.peer) str({host.address}) "
        f"if {{ req.ssl_sni -i {called_back_as(plan, host)} }} !{{ dst {host.address} }}\n"
        for host in hosts
    )
    return f"""  # A host cannot see a firewall in front of its own port, so peers connect to it when it asks them to.
  tcp-request inspect-delay 2s
{chosen}  tcp-request content set-dst var(sess.peer) if {{ var(sess.peer) -m found }}
  tcp-request content accept if {{ req.ssl_hello_type 1 }}
  use_backend peers if {{ var(sess.peer) -m found }}
"""


def _peers(plan: Plan) -> str:
    if len(balancing_hosts(plan)) < 2:  # noqa: PLR2004  a host and a peer
        return ""
    return """
backend peers
  retries 0
  # The address that set-dst has chosen, and the port that the connection came to.
  server peer 0.0.0.0:0
"""


def _bind(plan: Plan) -> str:
    # One socket for both families if a node has IPv6; otherwise IPv4 only, because hosts may have IPv6 switched off.
    if speaks_ipv6(plan.nodes):
        return f":::{plan.endpoint.port} v4v6"
    return f"*:{plan.endpoint.port}"
