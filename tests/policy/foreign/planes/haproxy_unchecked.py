"""Own hosts over SSH with HAProxy on two hosts of its own, which share the API's address by Keepalived."""

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import hosts, store
from tests.policy.foreign.parts.command import Remote
from tests.policy.foreign.parts.kubeadm import Kubeadm
from tests.policy.foreign.planes.haproxy_unwatched import WATCH, haproxy

ADDRESS, BUCKET = "172.16.12.100", "acme-weir-snapshots"
CHECKS = ("    option httpchk GET /readyz\n", "    http-check expect status 200\n")


def unchecked(text: str) -> str:
    """The same configuration without any check of its servers."""
    kept = [line for line in text.splitlines(keepends=True) if "default-server" not in line and line not in CHECKS]
    return "".join(kept)


def program(*, bad: bool) -> None:
    """Three nodes and two balancers; with the fault HAProxy does not notice a dead API server."""
    store.bucket(BUCKET)
    nodes, fronts = hosts.hosts("weir", "172.16.12", 11, 3), hosts.hosts("weir-front", "172.16.12", 21, 2)
    text = haproxy(nodes)
    for n, host in enumerate(fronts):
        state = "BACKUP" if n else "MASTER"
        conf = hosts.keepalived(host, fronts, ADDRESS, priority=150 - n, state=state, router=12, check=WATCH)
        steps = "apt-get install -y chrony haproxy keepalived\nsystemctl enable --now chrony\n"
        steps += hosts.written("/etc/haproxy/haproxy.cfg", unchecked(text) if bad else text)
        steps += hosts.written("/etc/keepalived/keepalived.conf", conf)
        Remote(host.name, host=host.address, create=f"{steps}systemctl reload-or-restart haproxy keepalived\n")
    hosts.stacked(Kubeadm(name="weir", endpoint=f"{ADDRESS}:8443"), nodes, BUCKET)


PAIR = Pair(
    name="haproxy-without-checks",
    program=program,
    idea="HAProxy keeps sending connections to an API server that is dead",
    expected=frozenset({"P24"}),
)
