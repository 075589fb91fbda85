"""A member whose disk is slow gives leadership away, once, and not because its disk was busy for a moment."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from agent.etcd.disk import WINDOW_SECONDS, Reading, read, slow
from agent.leadership import LONGEST_REST_SECONDS, PAUSE_SECONDS, REST_SECONDS, Watch
from agent.model.failure import Failed


def metrics(*, leads: bool = True, syncs: int, seconds: float, pending: int = 0) -> str:
    """What etcd 3.6 says among much else; its numbers may have exponents."""
    return (
        f"# TYPE etcd_server_is_leader gauge\netcd_server_is_leader {int(leads)}\n"
        f'etcd_disk_wal_fsync_duration_seconds_bucket{{le="0.001"}} 7\n'
        f"etcd_disk_wal_fsync_duration_seconds_sum {seconds}\n"
        f"etcd_disk_wal_fsync_duration_seconds_count {syncs:e}\n"
        f"etcd_server_proposals_pending {pending}\n"
    )


def readings(*pairs: tuple[int, float], leads: bool = True, pending: int = 0) -> list[Reading]:
    """One each two seconds."""
    return [
        Reading(at=2.0 * number, leads=leads, syncs=syncs, seconds=seconds, pending=pending)
        for number, (syncs, seconds) in enumerate(pairs)
    ]


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (readings((0, 0.0), (2, 2.0), (4, 4.0)), "writes of etcd's log took 1.0 s each in the last 4 s"),
        (readings((9, 1.0), (9, 1.0), (9, 1.0), pending=3), "no write of etcd's log has ended in 4 s, 3 requests wait"),
    ],
)
def test_a_leader_that_waits_for_its_disk_is_slow(seen: Sequence[Reading], words: str) -> None:
    assert pytest.approx(WINDOW_SECONDS) == seen[-1].at - seen[0].at
    assert slow(seen) == words


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        ([], "nothing is known"),
        (readings((0, 0.0), (2, 2.0)), "it is slow for too short a time"),
        (readings((0, 0.0), (1, 2.0), (40, 3.0)), "one write was slow"),
        (readings((0, 0.0), (2, 2.0), (4, 4.0), leads=False), "it follows"),
        (readings((9, 1.0), (9, 1.0), (9, 1.0)), "no client writes"),
        (readings((900, 90.0), (3, 0.1), (4, 4.0)), "it has started again"),
    ],
)
def test_any_other_member_is_not(seen: Sequence[Reading], why: str) -> None:
    assert slow(seen) is None, why


class Disk:
    """A leader that lies on a disk; `moved` are the moments when its leadership was given away."""

    def __init__(self, *, each: float, taker: str | None = "cp2") -> None:
        self.now, self.each, self.taker = 0.0, each, taker
        self.moved: list[float] = []
        self.leads = True
        self.watch = Watch(metrics=self.metrics, hand_over=self.hand_over, clock=lambda: self.now)

    def metrics(self) -> str:
        syncs = int(self.now / self.each)
        return metrics(leads=self.leads, syncs=syncs, seconds=syncs * self.each)

    def hand_over(self) -> str | None:
        if self.taker:
            self.moved.append(self.now)
        return self.taker

    def pass_time(self, seconds: float) -> list[str]:
        """What was said meanwhile."""
        messages: list[str] = []
        end = self.now + seconds
        while self.now < end:
            self.now += PAUSE_SECONDS
            messages += filter(None, [self.watch.look()])
        return messages


def test_a_slow_leader_gives_way_within_seconds_and_says_why() -> None:
    disk = Disk(each=0.8)
    messages = disk.pass_time(30)
    assert len(disk.moved) == 1
    assert disk.moved[0] <= WINDOW_SECONDS + 2 * PAUSE_SECONDS
    (said,) = messages
    assert said == (
        "writes of etcd's log took 0.8 s each in the last 4 s: leadership was handed over to cp2. "
        "Check this node's disk"
    )


def test_a_quick_disk_keeps_it() -> None:
    disk = Disk(each=0.05)
    assert disk.pass_time(600) == []
    assert not disk.moved


def test_where_every_disk_is_slow_leadership_moves_ever_more_rarely() -> None:
    disk = Disk(each=0.8)
    disk.pass_time(4 * 3600)
    pauses = [later - earlier for earlier, later in pairwise(disk.moved)]
    assert pauses[0] >= REST_SECONDS
    assert all(later > 1.5 * earlier or later >= LONGEST_REST_SECONDS for earlier, later in pairwise(pauses))


def test_after_a_long_quiet_time_it_is_as_quick_as_at_first() -> None:
    disk = Disk(each=0.8)
    disk.pass_time(600)
    disk.leads = False
    disk.pass_time(3 * LONGEST_REST_SECONDS)
    disk.leads, before = True, len(disk.moved)
    disk.pass_time(3 * REST_SECONDS)
    assert len(disk.moved) - before == 2


def test_without_a_member_that_can_take_over_it_is_reported_and_tried_again() -> None:
    disk = Disk(each=0.8, taker=None)
    assert set(disk.pass_time(30)) == {
        "writes of etcd's log took 0.8 s each in the last 4 s: no other member can take over leadership"
    }
    disk.taker = "cp3"
    disk.pass_time(PAUSE_SECONDS)
    assert len(disk.moved) == 1


def test_what_fails_ends_nothing() -> None:
    disk = Disk(each=0.8)

    def refused() -> str | None:
        raise Failed("etcd says no")

    watch = Watch(metrics=disk.metrics, hand_over=refused, clock=lambda: disk.now)
    messages = []
    for _ in range(5):
        disk.now += PAUSE_SECONDS
        messages.append(watch.look())
    assert messages[-1] == (
        "writes of etcd's log took 0.8 s each in the last 4 s: leadership could not be handed over: etcd says no"
    )


def test_a_member_that_does_not_run_is_waited_for() -> None:
    def silent() -> str:
        raise ConnectionRefusedError(111, "Connection refused")

    assert Watch(metrics=silent, hand_over=lambda: "cp2").look() is None
    assert Watch(metrics=lambda: "404 page not found", hand_over=lambda: "cp2").look() is None


def test_numbers_of_metrics_are_read_with_their_exponents() -> None:
    assert read(metrics(syncs=1234567, seconds=8.5), at=3.0) == Reading(
        at=3.0, leads=True, syncs=1234567, seconds=8.5, pending=0
    )
