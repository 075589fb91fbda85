"""nginx's stream module as the alternative balancer (requirements INF-10).

Its checks are passive: a server is left out after a failed connection, not after a failed /readyz, because active
checks of streams are not in the free edition. That is why HAProxy is the default.
"""

from documents.balancing import balancing_hosts, called_back_as
from documents.file import File
from documents.haproxy import MONITOR_PATH, MONITOR_PORT
from documents.network_text import host_port, speaks_ipv6
from plan import Plan
from plan.network.endpoint import API_PORT

CONFIGURATION = "/etc/nginx/nginx.conf"


def files(plan: Plan) -> tuple[File, ...]:
    """The same text on every balancing host."""
    return (File(path=CONFIGURATION, content=configuration(plan), step="balancer"),)


def configuration(plan: Plan) -> str:
    """The whole nginx.conf: the distribution's snippets are not included, so that nothing else listens."""
    servers = "\n".join(
        f"    server {host_port(node.address, API_PORT)} max_fails=1 fail_timeout=5s;  # {node.name}"
        for node in plan.nodes
    )
    return f"""# Debian's libnginx-mod-stream; the distribution's own list of modules is not read.
load_module modules/ngx_stream_module.so;

pid /run/nginx.pid;
worker_processes auto;
worker_rlimit_nofile 16384;
# Watches last for hours: without a bound, the workers of an old configuration would stay as long.
worker_shutdown_timeout 30s;
error_log /var/log/nginx/error.log warn;

events {{
  worker_connections 8192;
}}

stream {{
  # A name of a host in the map below may be long (253 characters) and has an address behind it.
  map_hash_bucket_size 512;
{_destinations(plan)}  upstream apiservers {{
    least_conn;
{servers}
  }}
  server {{
{_listen(plan)}
{_forward(plan)}
    proxy_connect_timeout 400ms;
    proxy_next_upstream_timeout 3s;
    # Watches are long; clients ping every 30 s, so an hour of silence means that the client is gone.
    proxy_timeout 1h;
    proxy_socket_keepalive on;
  }}
}}

http {{
  access_log off;
  server {{
    listen 127.0.0.1:{MONITOR_PORT};
    location = {MONITOR_PATH} {{
      return 200;
    }}
    location / {{
      return 404;
    }}
  }}
}}
"""


def _destinations(plan: Plan) -> str:
    """A host cannot detect a firewall in front of its own port, so its peers connect to it on request."""
    hosts = balancing_hosts(plan)
    if len(hosts) < 2:  # noqa: PLR2004  a host and a peer
        return ""
    lines = "".join(
        f'    "{called_back_as(plan, host)} {own.address}" {host_port(host.address, plan.endpoint.port)};\n'
        for host in hosts
        for own in hosts
        if own != host
    )
    return f"""  map "$ssl_preread_server_name $server_addr" $destination {{
    default apiservers;
{lines}  }}
"""


def _forward(plan: Plan) -> str:
    if len(balancing_hosts(plan)) < 2:  # noqa: PLR2004  a host and a peer
        return "    proxy_pass apiservers;"
    return "    ssl_preread on;\n    proxy_pass $destination;"


def _listen(plan: Plan) -> str:
    port = plan.endpoint.port
    lines = [f"    listen {port} so_keepalive=on;"]
    if speaks_ipv6(plan.nodes):
        lines.append(f"    listen [::]:{port} so_keepalive=on;")
    return "\n".join(lines)
