"""etcd's disk: full, slow, and with a log that cannot be read."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from agent.etcd.disk import WINDOW_SECONDS
from agent.leadership import PAUSE_SECONDS
from workbench.lab.api import Json, Unanswered
from workbench.lab.cluster import Cluster
from workbench.lab.etcd import etcdctl
from workbench.lab.fault import Fault
from workbench.lab.figure import Figure
from workbench.lab.machines import CommandFailed, Machines
from workbench.lab.outlive import BACK_SECONDS, outlive
from workbench.lab.recording import Recording
from workbench.lab.wait import NotYet, until
from workbench.lab.writer import Patience

GROUP = "Disks"
VOLUME = "/var/lib/etcd"
LARGE_OBJECTS, LARGE_BYTES = 150, 900_000
SLOW_FOR = 20.0  # seconds
DEADLINE = Patience.deadline
SPARE_MEGABYTES = 200  # beside the data: small enough to be filled in a moment

# The data move with the member: an older copy of them under a running identity would be a member that forgot its votes.
ONTO_A_SMALL_VOLUME = f"""set -e
systemctl stop etcd
mkdir -p /var/tmp/moved && cp -a {VOLUME}/. /var/tmp/moved/
mount -t tmpfs -o size=$(($(du -sm /var/tmp/moved | cut -f1) + {SPARE_MEGABYTES}))m,mode=0700 drill {VOLUME}
cp -a /var/tmp/moved/. {VOLUME}/
rm -rf /var/tmp/moved
systemctl start etcd"""
BACK = f"""set -e
systemctl stop etcd
mkdir -p /var/tmp/moved && cp -a {VOLUME}/. /var/tmp/moved/
umount {VOLUME}
find {VOLUME} -mindepth 1 -delete
cp -a /var/tmp/moved/. {VOLUME}/
rm -rf /var/tmp/moved
systemctl start etcd"""


@contextmanager
def small_volume(machines: Machines, name: str) -> Iterator[None]:
    """etcd's data of one machine on a volume of its own; back on its disk at the end."""
    machines.run(name, "sh", "-c", ONTO_A_SMALL_VOLUME, seconds=60)
    try:
        yield
    finally:
        machines.run(name, "sh", "-c", BACK, seconds=60)


@pytest.mark.drill
@pytest.mark.parametrize("where", ["etcd-leader", "etcd-follower"])
def test_a_full_disk_under_etcd_takes_one_member_out_and_it_comes_back_with_room(
    cluster: Cluster, recording: Recording, where: str
) -> None:
    chosen = cluster.site.leader()
    if where == "etcd-follower":
        chosen = next(name for name in cluster.machines.names if name != chosen)
    with small_volume(cluster.machines, chosen):
        cluster.site.wait_until_whole(seconds=BACK_SECONDS)
        lead(cluster, chosen, leads=where == "etcd-leader")
        title = f"Disk full under etcd's {where.removeprefix('etcd-')}"
        with recording.drill(f"disk-full-{where}", title=title, group=GROUP) as running:
            hit = running.inject(Fault(what="fill-disk", where=chosen, lasts=0.1))
            need_room(cluster, chosen)
            running.note("etcd has ended for want of room")
            running.wait_for_writes(seconds=BACK_SECONDS)
            since = running.mend(hit)
            cluster.site.wait_until_whole(seconds=BACK_SECONDS)
            running.note("whole")
            running.wait_for_writes(seconds=10)
            running.figure(Figure(name="longest gap", value=round(running.gap(hit.at), 3)))
            running.figure(Figure(name="whole again", value=round(time.monotonic() - since, 2)))
    cluster.site.wait_until_whole(seconds=BACK_SECONDS)


def need_room(cluster: Cluster, name: str) -> None:
    """Write large objects until the member has no room for them: what it has already allocated lasts for a while."""
    connection = cluster.api()
    path = "/api/v1/namespaces/default/configmaps"
    made = []
    try:
        for number in range(LARGE_OBJECTS):
            made.append(f"large-{secrets.token_hex(4)}-{number}")
            body: Json = {"metadata": {"name": made[-1]}, "data": {"value": "x" * LARGE_BYTES}}
            with suppress(Unanswered):
                connection.post(path, body, deadline=5)
            try:
                etcdctl(cluster.machines, name, "endpoint", "health")
            except CommandFailed:
                return
        raise AssertionError(f"etcd of {name} still finds room after {LARGE_OBJECTS} large objects")
    finally:
        for one in made:
            with suppress(Unanswered):
                connection.call("DELETE", f"{path}/{one}", deadline=5)
        connection.close()


def lead(cluster: Cluster, name: str, *, leads: bool) -> None:
    """Let the machine lead etcd, or another one."""
    wanted = name if leads else next(other for other in cluster.machines.names if other != name)

    def move() -> None:
        now = cluster.site.leader()
        if (now == name) == leads:
            return
        identity = next(one.identity for one in cluster.site.members() if one.name == wanted)
        endpoints = ",".join(f"https://{address}:2379" for address in cluster.ground.nodes.values())
        etcdctl(cluster.machines, now, "move-leader", f"{identity:x}", f"--endpoints={endpoints}")
        raise NotYet(f"{now} leads")

    until(f"{name} {'leads' if leads else 'follows'}", move, seconds=15, every=0.5)


@pytest.mark.drill
def test_a_leader_whose_disk_is_slow_gives_leadership_away(recording: Recording) -> None:
    title = "Disk of etcd's leader takes ten writes a second"
    with recording.drill("disk-slow-etcd-leader", title=title, group=GROUP) as running:
        theory = WINDOW_SECONDS + PAUSE_SECONDS + DEADLINE
        why = f"{WINDOW_SECONDS:g} s watched every {PAUSE_SECONDS:g} s, and the client's deadline of {DEADLINE:g} s"
        gap = outlive(running, Fault(what="slow-disk", where="etcd-leader", lasts=SLOW_FOR), theory=theory, why=why)
    assert gap < SLOW_FOR, "writes went on only when the disk was quick again"


@pytest.mark.drill
def test_a_slow_disk_under_a_follower_loses_nothing(recording: Recording) -> None:
    title = "Disk of etcd's follower takes ten writes a second"
    with recording.drill("disk-slow-etcd-follower", title=title, group=GROUP) as running:
        outlive(running, Fault(what="slow-disk", where="etcd-follower", lasts=SLOW_FOR))


# In the middle of the newest log, where records are whose checksums no longer fit.
SPOIL = f"""set -e
systemctl stop etcd
log=$(ls {VOLUME}/data/member/wal/*.wal | tail -1)
dd if=/dev/urandom of=$log bs=1 seek=5000 count=16 conv=notrunc 2>/dev/null
systemctl start --no-block etcd"""

GIVE_UP = f"systemctl stop etcd; rm -rf {VOLUME}/data/member"


@pytest.mark.drill
def test_a_member_with_a_spoilt_log_stays_away_and_is_replaced_by_an_up(cluster: Cluster, recording: Recording) -> None:
    with recording.drill("wal-spoilt", title="Write-ahead log of one member spoilt", group=GROUP) as running:
        before = cluster.site.members()
        name = next(name for name in cluster.machines.names if name != cluster.site.leader())
        running.note(f"spoilt: {name}")
        begun = running.notes[-1].at
        cluster.machines.run(name, "sh", "-c", SPOIL, seconds=30)
        try:
            until("etcd cannot read its log", lambda: said(cluster.machines, name, "crc mismatch"), seconds=20)
            running.wait_for_writes(seconds=10)
            running.figure(Figure(name="longest gap", value=round(running.gap(begun), 3)))
        finally:
            # Whether a member's data may be given up is for a person to say.
            cluster.machines.run(name, "sh", "-c", GIVE_UP, seconds=30)
            running.note("data given up; pulumi up --refresh")
            cluster.stack.up("--refresh").good()
        cluster.site.wait_until_whole(seconds=BACK_SECONDS)
        running.note("whole")
        running.wait_for_writes(seconds=10)
    after = cluster.site.members()
    assert {one.name for one in after} == {one.name for one in before}
    changed = {one.name for one in after} - {one.name for one in before if one in after}
    assert changed == {name}


def said(machines: Machines, name: str, words: str) -> None:
    """etcd's journal has the words."""
    try:
        shown = machines.run(name, "journalctl", "-u", "etcd", "-n", "200", "-o", "cat", "--no-pager")
    except CommandFailed as reason:
        raise NotYet(str(reason)) from None
    if words not in shown:
        raise NotYet(shown[-300:])
