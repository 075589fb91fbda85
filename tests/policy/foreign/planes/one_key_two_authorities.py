"""A control plane by hand whose authorities are made one by one."""

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import by_hand, hard_way, hosts


def program(*, bad: bool) -> None:
    """Three hosts; with the fault the authorities of cluster and etcd have one key."""
    cluster_ca = hard_way.root("chalk-kubernetes")
    etcd_ca = hard_way.root("chalk-etcd", key=cluster_ca.key if bad else None)
    proxy_ca = hard_way.root("chalk-aggregation")
    nodes = hosts.hosts("chalk", "10.7.9", 11, 3)
    cluster = hard_way.Cluster(name="chalk", endpoint="chalk.k8s.acme.example", nodes=nodes)
    by_hand.build(cluster, by_hand.Authorities(cluster_ca, etcd_ca, proxy_ca))


PAIR = Pair(
    name="one-key-two-authorities",
    program=program,
    idea="the authorities of cluster and etcd share a key: a certificate of either is valid for both",
    expected=frozenset({"P45"}),
    changed=8,
)
