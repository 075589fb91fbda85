"""A machine that is lost with its disk, and an empty one on which something is in the way."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from provider.local.machines import machine
from provider.local.machines.place import Place
from provider.local.machines.spec import load
from workbench.lab.cluster import NODES, Cluster
from workbench.lab.drill import drill
from workbench.lab.fault import Fault

LOST = "cp2"
OTHERS = tuple(name for name in NODES if name != LOST)


def others_serve(cluster: Cluster) -> None:
    """The two other API servers and the endpoint answer."""
    for place in (*(server for server in cluster.site.servers if server.name in OTHERS), cluster.site.endpoint):
        assert cluster.api(place).get("/readyz").status == 200, place.name


def lose(cluster: Cluster) -> None:
    """The machine's disk is gone and an empty machine of the same name stands there."""
    cluster.machines.wipe(LOST)
    spec = load(Place(fleet=cluster.ground.name, name=LOST))
    assert spec is not None
    machine.create(spec)


@contextmanager
def in_the_way(cluster: Cluster, begin: str, end: str) -> Iterator[None]:
    """Run a shell command on the lost machine, and another one to undo it."""
    cluster.machines.run(LOST, "sh", "-c", begin)
    try:
        yield
    finally:
        cluster.machines.run(LOST, "sh", "-c", end)


@pytest.mark.acceptance("T08")
def test_a_machine_lost_with_its_disk_comes_back_as_the_same_member_while_the_others_serve(cluster: Cluster) -> None:
    before = cluster.site.members()
    with drill(cluster.site) as running:
        running.inject(Fault(what="lose-disk", where=LOST))
        cluster.stack.preview("--expect-no-changes").refused()
        done = cluster.stack.up().good()
        cluster.site.wait_until_whole(seconds=30)
        running.wait_for_writes(seconds=10)
        gap = running.gap(running.hits[0].at)
    outcome = running.finished
    cluster.figures.add_outcome("machine lost with its disk", outcome, gap=gap, more=f"up {done.seconds:.1f} s")
    outcome.check()
    assert not outcome.service.failed_for_good, outcome.service.reasons
    after = cluster.site.members()
    assert [member.name for member in after] == [member.name for member in before]
    assert [member.identity for member in after if member.name in OTHERS] == [
        member.identity for member in before if member.name in OTHERS
    ]
    assert not any(member.learner for member in after)


def test_a_port_that_is_taken_fails_that_host_by_name_and_the_next_up_continues(cluster: Cluster) -> None:
    lose(cluster)
    listener = "systemd-run --quiet --unit=squatter python3 -m http.server 2379 && sleep 0.5"
    with in_the_way(cluster, listener, "systemctl stop squatter"):
        failed = cluster.stack.up().refused()
        assert re.search(rf"{LOST}\b.*\b2379\b.*in use", failed.output), failed.tail
        others_serve(cluster)
    cluster.stack.up().good()
    cluster.site.wait_until_whole(seconds=30)


def test_a_full_disk_fails_that_host_by_name_and_the_next_up_continues(cluster: Cluster) -> None:
    lose(cluster)
    with in_the_way(cluster, "mount -t tmpfs -o size=1m full /usr/local/bin", "umount /usr/local/bin"):
        failed = cluster.stack.up().refused()
        assert LOST in failed.output
        assert "space" in failed.output.lower(), failed.tail
        others_serve(cluster)
    cluster.stack.up().good()
    cluster.site.wait_until_whole(seconds=30)
