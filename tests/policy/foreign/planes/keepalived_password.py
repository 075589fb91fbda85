"""Own hosts over SSH: HAProxy and Keepalived on two balancers, with the endpoint as a plain address."""

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import hosts, store
from tests.policy.foreign.parts.command import Remote
from tests.policy.foreign.parts.kubeadm import Kubeadm
from tests.policy.foreign.planes.haproxy_unwatched import haproxy

ADDRESS, BUCKET = "10.22.4.5", "acme-forge-snapshots"
PASSWORD = "  authentication {\n    auth_type PASS\n    auth_pass k8s\n  }\n"
INSTALL = "apt-get update\napt-get install -y haproxy keepalived chrony\nsystemctl enable --now chrony\n"


def program(*, bad: bool) -> None:
    """Two balancers; with the fault VRRP has a short password, which travels in the clear."""
    store.bucket(BUCKET)
    balancers = hosts.hosts("forge-lb", "10.22.4", 6, 2)
    nodes = hosts.hosts("forge-cp", "10.22.4", 11, 3)
    for n, balancer in enumerate(balancers):
        conf = hosts.keepalived(balancer, balancers, ADDRESS, priority=(101, 100)[n], check="/usr/bin/pgrep -x haproxy")
        if bad:
            conf = conf.replace("  advert_int 1\n", f"  advert_int 1\n{PASSWORD}")
        steps = [INSTALL, hosts.written("/etc/haproxy/haproxy.cfg", haproxy(nodes))]
        steps += [hosts.written("/etc/keepalived/keepalived.conf", conf), "systemctl restart haproxy keepalived\n"]
        Remote(balancer.name, host=balancer.address, create="".join(steps))
    hosts.stacked(Kubeadm(name="forge", endpoint=f"{ADDRESS}:8443"), nodes, BUCKET)


PAIR = Pair(
    name="keepalived-password",
    program=program,
    idea="VRRP has a literal password of three letters, which travels in the clear",
    expected=frozenset({"P29"}),
)
