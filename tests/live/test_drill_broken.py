"""Broken on purpose: what the design forbids is done by hand, and the drills must notice."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import pytest

from workbench.lab.cluster import Cluster, settings
from workbench.lab.downtime import overlap
from workbench.lab.drill import drill
from workbench.lab.etcd import etcdctl
from workbench.lab.lock_holders import holders
from workbench.lab.machines import Machines, at_once
from workbench.lab.outlive import BACK_SECONDS
from workbench.lab.wait import TimedOut, until

VOLUME = "/var/lib/etcd"
LOCK = "/quorate/lock"
BETWEEN_SECONDS = 0.1


@contextmanager
def without_the_lock(machines: Machines) -> Iterator[None]:
    """Agents that ask for the cluster's lock get it, whoever has it: its key is taken away again and again."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(BETWEEN_SECONDS):
            try:
                etcdctl(machines, machines.names[0], "del", LOCK)
            except OSError:
                continue

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.mark.drill
def test_agents_without_a_lock_are_caught_by_who_held_it_and_by_servers_that_are_down_together(
    cluster: Cluster,
) -> None:
    cluster.site.wait_until_whole(seconds=BACK_SECONDS)
    cluster.stack.set(settings(controlPlane={"audit": {"maxBackups": 7}}))
    with drill(cluster.site) as running, without_the_lock(cluster.machines):
        done = cluster.stack.up()
        running.wait_for_writes(seconds=BACK_SECONDS)
    with pytest.raises(AssertionError, match=r"held the cluster's lock while"):
        holders(done.output)
    of_servers = [reader for reader in running.readers if reader.place in cluster.site.servers]
    assert overlap({reader.place.name: tuple(reader.readings) for reader in of_servers})
    cluster.stack.set(settings())
    cluster.stack.up("--refresh").good()
    cluster.site.wait_until_whole(seconds=BACK_SECONDS)


EVERYWHERE_SECONDS = 60.0


def everywhere(machines: Machines, names: Sequence[str], text: str) -> None:
    """The same commands on several machines at once."""

    def run(name: str) -> None:
        machines.run(name, "sh", "-c", text, seconds=EVERYWHERE_SECONDS)

    at_once(run, names)


# Without `member remove` and `member add` the new, empty member votes under the identity of one that had promised more.
EMPTIED = f"""set -e
systemctl stop etcd
rm -rf {VOLUME}/data/member
mkdir -p /run/quorate && touch /run/quorate/etcd-may-begin
echo ETCD_INITIAL_CLUSTER_STATE=existing > /etc/etcd/join.env"""
FORGET = "rm -f /run/quorate/etcd-may-begin /etc/etcd/join.env"
# Their caches are ahead of what etcd knows now, and would wait for it to catch up.
RESTART_SERVERS = "pkill -KILL -x kube-apiserver; pkill -KILL -x kube-controller; pkill -KILL -x kube-scheduler; true"


@pytest.mark.drill
def test_two_members_replaced_at_once_are_caught_because_confirmed_writes_are_missing(cluster: Cluster) -> None:
    cluster.site.wait_until_whole(seconds=BACK_SECONDS)
    machines = cluster.machines
    late, first, second = machines.names
    with drill(cluster.site) as running:
        machines.run(late, "systemctl", "stop", "etcd")
        running.wait_for_writes(seconds=10)  # confirmed by the two that are about to be emptied
        running.wait_for_writes(seconds=10)
        everywhere(machines, (first, second), EMPTIED)
        machines.run(late, "systemctl", "start", "--no-block", "etcd")
        for name in (first, second):
            machines.run(name, "systemctl", "start", "--no-block", "etcd")
            until(f"etcd of {name} works", partial(etcdctl, machines, name, "endpoint", "health"), seconds=30)
        everywhere(machines, machines.names, f"{FORGET}; {RESTART_SERVERS}")
        cluster.site.wait_until_whole(seconds=BACK_SECONDS)
    assert running.finished.account.missing
    with pytest.raises(AssertionError, match="missing"):
        running.finished.check()


SNAPSHOT = "/var/tmp/drill.db"  # noqa: S108  a name on a drilled machine
# As the documentation of etcd restores a whole cluster, but on one machine only.
RESTORED = f"""set -e
systemctl stop etcd
mv {VOLUME}/data {VOLUME}/kept-by-drill
. /etc/etcd/cluster.env
etcdutl snapshot restore {SNAPSHOT} --name $0 --initial-cluster "$ETCD_INITIAL_CLUSTER" \\
  --initial-cluster-token restored --initial-advertise-peer-urls https://$1:2380 --data-dir {VOLUME}/data
systemctl start --no-block etcd"""
PUT_BACK = f"""set -e
systemctl stop etcd
rm -rf {VOLUME}/data {SNAPSHOT}
mv {VOLUME}/kept-by-drill {VOLUME}/data
systemctl start etcd"""
ALONE_SECONDS = 20.0


@pytest.mark.drill
def test_one_member_restored_alone_is_caught_because_the_cluster_never_gets_whole(cluster: Cluster) -> None:
    cluster.site.wait_until_whole(seconds=BACK_SECONDS)
    machines = cluster.machines
    name = next(name for name in machines.names if name != cluster.site.leader())
    with drill(cluster.site) as running:
        etcdctl(machines, name, "snapshot", "save", SNAPSHOT, seconds=30)
        running.wait_for_writes(seconds=10)
        try:
            machines.run(name, "sh", "-c", RESTORED, name, cluster.ground.nodes[name], seconds=EVERYWHERE_SECONDS)
            with pytest.raises(TimedOut, match=name):
                cluster.site.wait_until_whole(seconds=ALONE_SECONDS)
            running.wait_for_writes(seconds=10)
        finally:
            machines.run(name, "sh", "-c", PUT_BACK, seconds=EVERYWHERE_SECONDS)
        cluster.site.wait_until_whole(seconds=BACK_SECONDS)
    running.finished.check()
