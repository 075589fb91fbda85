"""Own hosts over SSH: two balancers with nginx's stream module and Keepalived in front of three kubeadm nodes."""

from collections.abc import Sequence

import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import hosts, store
from tests.policy.foreign.parts.command import Remote
from tests.policy.foreign.parts.hosts import Host
from tests.policy.foreign.parts.kubeadm import Kubeadm

ADDRESS, ENDPOINT, BUCKET = "192.168.80.10", "api.barn.acme.example", "acme-barn-snapshots"
INSTALL = (
    "apt-get update\napt-get install -y nginx libnginx-mod-stream keepalived chrony\nsystemctl enable --now chrony\n"
)


def nginx(nodes: Sequence[Host]) -> str:
    """nginx.conf that passes connections through."""
    servers = "".join(f"    server {node.address}:6443 max_fails=2 fail_timeout=10s;\n" for node in nodes)
    return f"""\
load_module modules/ngx_stream_module.so;
worker_processes auto;
events {{ worker_connections 4096; }}
stream {{
  upstream apiservers {{
    least_conn;
{servers}  }}
  server {{
    listen 6443;
    proxy_pass apiservers;
    proxy_connect_timeout 2s;
    proxy_timeout 1h;
  }}
}}
"""


def program(*, bad: bool) -> None:
    """Two balancers; with the fault both claim the virtual address with the same priority."""
    store.bucket(BUCKET)
    nodes = hosts.hosts("barn-cp", "192.168.80", 21, 3)
    balancers = hosts.hosts("barn-lb", "192.168.80", 11, 2)
    aws.route53.Record("barn", zone_id="Z0F0RE1GN", name=ENDPOINT, type="A", ttl=300, records=[ADDRESS])
    for n, balancer in enumerate(balancers):
        keepalived = hosts.keepalived(balancer, balancers, ADDRESS, priority=120 if bad else 120 - 10 * n)
        steps = [INSTALL, hosts.written("/etc/nginx/nginx.conf", nginx(nodes))]
        steps.append(hosts.written("/etc/keepalived/keepalived.conf", keepalived))
        steps.append("systemctl restart nginx keepalived\n")
        Remote(f"{balancer.name}-front", host=balancer.address, create="".join(steps))
    hosts.stacked(Kubeadm(name="barn", endpoint=f"{ENDPOINT}:6443", sans=(ADDRESS,)), nodes, BUCKET)


PAIR = Pair(
    name="keepalived-equal-priorities",
    program=program,
    idea="both balancers have the same VRRP priority, so that neither clearly holds the address",
    expected=frozenset({"P28"}),
)
