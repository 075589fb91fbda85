"""The drills whose figures are held to limits, each run several times."""

import time
from collections.abc import Iterator
from itertools import cycle

import pytest

from workbench.lab.cluster import Cluster, settings
from workbench.lab.drill import Drill
from workbench.lab.fault import Fault
from workbench.lab.figure import Figure
from workbench.lab.lock_holders import holders
from workbench.lab.outlive import BACK_SECONDS, outlive
from workbench.lab.recording import Recording
from workbench.lab.wait import until
from workbench.lab.writer import Patience

GROUP = "Figures"
RUNS = 5
DEADLINE = Patience.deadline  # a request that is under way when its server dies is known to be lost only then
ADVERT = 0.1  # seconds, of the `local` preset
SKEW = (256 - 148) / 256 * ADVERT  # RFC 5798, 6.1, of the lowest of three priorities (150, 149, 148)
TAKEOVER = 3 * ADVERT + SKEW
ELECTION = 1.0  # seconds of silence, at least, before a follower of the `local` preset stands


def serving_again(running: Drill, place: str, since: float) -> float:
    """Seconds from `since` to the first fresh read at the place that no failed one follows."""
    reader = next(one for one in running.readers if one.place.name == place)
    after = [one for one in tuple(reader.readings) if one.at >= since]
    failed = max((number for number, one in enumerate(after) if one.verdict != "fresh"), default=-1)
    return after[failed + 1].at - since


@pytest.mark.drill(runs=RUNS)
def test_haproxy_killed_on_the_owner(recording: Recording) -> None:
    with recording.drill("haproxy-killed", title="HAProxy killed on the owner of the address", group=GROUP) as running:
        fault = Fault(what="kill-program", where="vip-owner", program="haproxy")
        outlive(running, fault, limit=0.6, theory=0.2, why="systemd's RestartSec")


@pytest.mark.drill(runs=RUNS)
def test_owner_of_the_address_dead(recording: Recording) -> None:
    with recording.drill("owner-dead", title="Machine of the owner of the address dead", group=GROUP) as running:
        why = f"{TAKEOVER:.2f} s until the address moves, and the client's deadline of {DEADLINE:g} s"
        fault = Fault(what="cut-power", where="vip-owner", lasts=4.0)
        outlive(running, fault, limit=1.6, theory=round(TAKEOVER + DEADLINE, 2), why=why)
        moved = address_moved(running) - running.hits[0].at
        why = f"three adverts of {ADVERT:g} s and the skew"
        limit, theory = round(1.2 * TAKEOVER, 3), round(TAKEOVER, 3)
        running.figure(Figure(name="address moved", value=round(moved, 3), limit=limit, theory=theory, why=why))


def address_moved(running: Drill) -> float:
    """When another machine took the address after the first fault, by the ledger's clock, from Keepalived's journal."""
    hit = running.hits[0]
    wall = time.time() - time.monotonic()
    asked = ("journalctl", "-u", "keepalived", "-o", "short-unix", "--no-pager", f"--since=@{hit.at + wall:.6f}")
    found = [
        float(line.split()[0]) - wall
        for name in running.site.machines.names
        for line in running.site.machines.run(name, *asked).splitlines()
        if "Entering MASTER STATE" in line
    ]
    return min(at for at in found if at >= hit.at)


@pytest.mark.drill(runs=RUNS)
def test_leader_of_etcd_killed(recording: Recording) -> None:
    with recording.drill("leader-killed", title="etcd's leader killed", group=GROUP) as running:
        fault = Fault(what="kill-program", where="etcd-leader", program="etcd")
        why = "an election begins after one to two election timeouts of silence"
        outlive(running, fault, limit=2.2, theory=2 * ELECTION, why=why)


CHANGES: dict[str, tuple[str, Iterator[dict[str, dict[str, object]]]]] = {
    "audit": ("A changed audit setting", cycle({"controlPlane": {"audit": {"maxBackups": n}}} for n in (7, 8))),
    "etcd": (
        "A changed setting of etcd",
        cycle({"etcd": {"quotaBytes": n * 2**30}, "controlPlane": {"audit": {"maxBackups": 7}}} for n in (3, 5)),
    ),
}


@pytest.mark.drill(runs=RUNS)
@pytest.mark.parametrize("what", CHANGES)
def test_rolling_change_by_the_agent(cluster: Cluster, recording: Recording, what: str) -> None:
    words, changes = CHANGES[what]
    cluster.stack.set(settings(**next(changes)))
    with recording.drill(f"rolling-{what}", title=f"{words}, rolled by the agents", group=GROUP) as running:
        running.note("pulumi up")
        done = cluster.stack.up().good()
        running.note("done")
        recording.attach(f"rolling-{what}", "pulumi-up.log", done.output)
        running.wait_for_writes(seconds=10)
        running.figure(Figure(name="longest gap", value=round(running.gap(running.notes[0].at), 3), limit=0.5))
        running.figure(Figure(name="pulumi up", value=round(done.seconds, 1)))
    assert sorted(holders(done.output)) == sorted(cluster.machines.names)


@pytest.mark.drill(runs=RUNS)
def test_clean_restarts_of_machines_one_by_one(recording: Recording) -> None:
    with recording.drill("restarts", title="Machines shut down and started, one by one", group=GROUP) as running:
        begun = time.monotonic()
        leader = running.site.leader()  # goes last: one handover instead of three
        for name in sorted(running.site.machines.names, key=lambda name: name == leader):
            hit = running.inject(Fault(what="shut-down", where=name, lasts=0.1))
            running.mend(hit)
            running.site.wait_until_whole(seconds=BACK_SECONDS)
        running.wait_for_writes(seconds=10)
        running.figure(Figure(name="longest gap", value=round(running.gap(begun), 3), limit=0.5))
        running.figure(Figure(name="each machine", value=round((time.monotonic() - begun) / 3, 1)))


@pytest.mark.drill(runs=RUNS)
def test_power_cut_of_all_machines(recording: Recording) -> None:
    with recording.drill("power-cut", title="All machines lose power at once", group=GROUP) as running:
        hit = running.inject(Fault(what="cut-power", where="every-machine", lasts=0.1))
        since = running.mend(hit)
        running.wait_for_writes(seconds=BACK_SECONDS)
        running.figure(Figure(name="first writes", value=round(time.monotonic() - since, 2)))
        until("every API server is ready", running.site.ready, seconds=BACK_SECONDS)
        ready = round(time.monotonic() - since, 2)
        running.figure(Figure(name="three API servers ready", value=ready, limit=12.0))
        running.note("three API servers are ready")
        running.site.wait_until_whole(seconds=BACK_SECONDS)
        running.wait_for_writes(seconds=10)


@pytest.mark.drill(runs=RUNS)
def test_member_replaced_with_an_empty_disk(cluster: Cluster, recording: Recording) -> None:
    title = "Machine lost with its disk, made again by `pulumi up`"
    with recording.drill("disk-lost", title=title, group=GROUP) as running:
        hit = running.inject(Fault(what="lose-disk", where="bystander"))
        running.wait_for_writes(seconds=10)
        running.figure(Figure(name="gap when it dies", value=round(running.gap(hit.at), 3)))
        running.note("pulumi up")
        begun = time.monotonic()
        done = cluster.stack.up().good()
        recording.attach("disk-lost", "pulumi-up.log", done.output)
        running.site.wait_until_whole(seconds=30)
        running.note("whole")
        running.wait_for_writes(seconds=10)
        running.figure(Figure(name="longest gap meanwhile", value=round(running.gap(begun), 3), limit=0.5))
        serving = round(serving_again(running, hit.names[0], begun), 2)
        running.figure(Figure(name="node serving", value=serving, limit=15.0))
        running.figure(Figure(name="pulumi up", value=round(done.seconds, 1)))
    assert not any(member.learner for member in cluster.site.members())
