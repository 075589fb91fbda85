"""Own hosts over SSH: HAProxy and Keepalived on the control-plane nodes themselves, with HAProxy on 8443."""

from collections.abc import Sequence

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import hosts, store
from tests.policy.foreign.parts.command import Remote
from tests.policy.foreign.parts.hosts import Host
from tests.policy.foreign.parts.kubeadm import Kubeadm

ADDRESS, BUCKET = "172.16.9.100", "acme-mill-snapshots"
WATCH = "/usr/bin/systemctl is-active --quiet haproxy"


def haproxy(nodes: Sequence[Host]) -> str:
    """haproxy.cfg that passes TLS through and asks every API server for /readyz."""
    servers = "".join(f"    server {node.name} {node.address}:6443\n" for node in nodes)
    return f"""\
global
    log /dev/log local0
    maxconn 4000
defaults
    mode tcp
    log global
    option tcplog
    timeout connect 5s
    timeout client 1h
    timeout server 1h
frontend kubernetes
    bind *:8443
    default_backend apiservers
backend apiservers
    balance roundrobin
    option httpchk GET /readyz
    http-check expect status 200
    default-server check check-ssl verify required ca-file /etc/kubernetes/pki/ca.crt inter 3s fall 2 rise 2
{servers}"""


def program(*, bad: bool) -> None:
    """Three nodes; with the fault Keepalived keeps the address while HAProxy is dead."""
    store.bucket(BUCKET)
    nodes = hosts.hosts("mill", "172.16.9", 11, 3)
    for n, node in enumerate(nodes):
        watch = None if bad else WATCH
        state = "BACKUP" if n else "MASTER"
        conf = hosts.keepalived(node, nodes, ADDRESS, priority=150 - n, state=state, router=9, check=watch)
        steps = "apt-get install -y haproxy keepalived\n" + hosts.written("/etc/haproxy/haproxy.cfg", haproxy(nodes))
        steps += (
            hosts.written("/etc/keepalived/keepalived.conf", conf) + "systemctl reload-or-restart haproxy keepalived\n"
        )
        Remote(f"{node.name}-front", host=node.address, create=steps)
    hosts.stacked(Kubeadm(name="mill", endpoint=f"{ADDRESS}:8443"), nodes, BUCKET)


PAIR = Pair(
    name="haproxy-unwatched",
    program=program,
    idea="Keepalived keeps the virtual address on a machine whose HAProxy is dead",
    expected=frozenset({"P30"}),
)
