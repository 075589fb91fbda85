"""Three real members and one snapshot: all of them go back together, or none does."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.aws.commands import on_aws
from agent.aws.place import PLACE
from agent.etcd.data import VOLUME
from agent.etcd.gateway import EtcdRefused
from agent.model.difference import Difference, Impact
from agent.model.events import Events
from agent.model.failure import Failed
from agent.model.step import Step
from agent.restore.end import settle
from agent.restore.order import BUMP, Order
from agent.restore.phases import TIMED_RUN, Restore
from agent.restore.staging import Staging
from agent.runner import Runner
from agent.snapshots.description import AUTHORITY, Keys
from agent.snapshots.taking import take
from agent.system.host_lock import LOCK, host_lock
from agent.system.memory import Memory
from agent.system.waiting import wait_until_healthy
from tests.unit.agent.etcd_site import Site
from tests.unit.agent.place import Place
from tests.unit.agent.test_runner import Journal, Written
from tests.unit.documents.programs import needed

THREE = (1, 2, 3)


class Drill:
    """A cluster that wrote `before`, was saved, and wrote `after`."""

    def __init__(self, folder: Path) -> None:
        self.site = Site(folder, needed("etcd"))
        assert all(not one.failures for one in self.site.apply_all(THREE, may_begin=True).values())
        self.site.put("/registry/before", "1")
        self.snapshot = folder / "snapshot.db"
        self.about = take(self.site.place(1).host, self.snapshot)
        self.site.put("/registry/after", "1")

    def order(self, name: str) -> Order:
        return Order(about=self.about, token=name, foreign=False)

    def restore(self, number: int) -> Restore:
        place = self.site.place(number)
        return Restore(place.host, place.events)

    def prepare(self, number: int, order: Order) -> None:
        self.restore(number).prepare(order, io.BytesIO(self.snapshot.read_bytes()))

    def finish(self, order: Order) -> None:
        for number in THREE:
            assert settle(self.site.place(number).host, self.restore(number), order) is False, "no control plane here"
            self.restore(number).drop()


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    made = Drill(tmp_path_factory.mktemp("site"))
    yield made
    made.site.end()


def test_what_was_written_before_the_snapshot_is_there_and_nothing_of_what_came_after(drill: Drill) -> None:
    site, order = drill.site, drill.order("first")
    _, cluster = site.runner(1, THREE)
    before = {member.id for member in cluster.etcd.members()}
    for number in THREE:
        assert drill.restore(number).judge(order)["token"] is None
        drill.prepare(number, order)
    assert site.get("/registry/after") == "1", "making ready must not disturb"
    for number in THREE:
        drill.restore(number).stop(order)
    aside = [drill.restore(number).switch(order) for number in THREE]
    drill.finish(order)
    assert site.get("/registry/before") == "1"
    assert site.get("/registry/after") is None
    assert not before & {member.id for member in cluster.etcd.members()}, "members kept their identities"
    assert all(place and Path(place, "member").is_dir() for place in aside), "the previous data is kept"
    assert all(not outcome.changed for outcome in site.apply_all(THREE).values()), "nothing is left to be put right"


def test_revisions_jump_ahead_and_a_watch_of_the_lost_future_has_to_list_again(drill: Drill) -> None:
    _restored(drill, "jump")
    status = drill.site.runner(1, THREE)[1].etcd.status(drill.site.members((1,))[0]["clientUrl"])
    assert status.revision >= drill.about.revision + BUMP
    with pytest.raises(EtcdRefused, match="compacted"):
        drill.site.get("/registry/before", revision=drill.about.revision)


def test_an_interrupted_restore_goes_on_wherever_it_was_cut(drill: Drill) -> None:
    order = drill.order("interrupted")
    for number in THREE:
        drill.prepare(number, order)
    drill.restore(1).stop(order)
    assert {drill.restore(n).judge(order)["token"] for n in THREE} == {"interrupted"}
    for number in THREE:
        drill.prepare(number, order)
        drill.restore(number).stop(order)
    drill.restore(2).switch(order)
    assert [drill.restore(n).judge(order)["switched"] for n in THREE] == [False, True, False]
    for number in THREE:
        drill.restore(number).stop(order)
    assert drill.restore(2).switch(order) is None, "what was switched is not put aside again"
    for number in (1, 3):
        drill.restore(number).switch(order)
    drill.finish(order)
    assert drill.site.get("/registry/before") == "1"


def test_a_restore_that_cannot_stop_every_node_starts_the_others_again_with_their_own_data(drill: Drill) -> None:
    drill.site.put("/registry/kept", "1")
    order = drill.order("abandoned")
    for number in THREE:
        drill.prepare(number, order)
    drill.restore(1).stop(order)
    drill.restore(1).abandon(order)
    assert drill.site.apply(1, THREE).failures == ()
    assert drill.site.get("/registry/kept") == "1"
    assert not Staging(drill.site.place(1).host).folder.exists()
    for number in (2, 3):
        drill.restore(number).drop()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda content: content[:-1], "truncated or corrupt"),
        (lambda content: content[:4096] + b"x" + content[4097:], "truncated or corrupt"),
        (lambda _: b"", "truncated or corrupt"),
    ],
    ids=["truncated", "corrupt", "empty"],
)
def test_a_snapshot_that_is_not_whole_is_refused_and_leaves_nothing(
    drill: Drill, spoil: Callable[[bytes], bytes], reason: str
) -> None:
    content = io.BytesIO(spoil(drill.snapshot.read_bytes()))
    with pytest.raises(Failed, match=reason):
        drill.restore(1).prepare(drill.order("spoilt"), content)
    assert not Staging(drill.site.place(1).host).folder.exists()


def test_all_problems_of_a_snapshot_are_reported_together(drill: Drill) -> None:
    mine = drill.site.place(1).file(AUTHORITY)
    mine.write_text(drill.site.authority.certificate)
    keys = Keys(authorities=("another",), encryption=("key-0a1b2c3d",))
    about = replace(drill.about, cluster="other", etcd="3.7.0", size=1 << 60, keys=keys)
    with pytest.raises(Failed) as refused:
        drill.restore(1).judge(Order(about=about, token="no", foreign=False))
    for reason in ("cluster 'other'", "another certificate authority", "key-0a1b2c3d", "upgrade etcd", "MiB free"):
        assert reason in str(refused.value)
    mine.unlink()


def test_a_node_is_switched_only_to_what_was_made_ready_under_the_same_token(drill: Drill) -> None:
    drill.prepare(1, drill.order("one"))
    with pytest.raises(Failed, match="no data ready"):
        drill.restore(1).switch(drill.order("two"))
    drill.restore(1).drop()


def test_an_agent_that_waits_for_a_quorum_gives_way_to_the_restore_that_brings_one(tmp_path: Path) -> None:
    site = Site(tmp_path, needed("etcd"))
    Staging(site.place(1).host).announce()
    assert "a restore is under way" in site.apply(1, THREE).failures[0]


def test_a_restore_ends_the_timers_run_that_holds_the_machines_lock(drill: Drill) -> None:
    place, order = drill.site.place(1), drill.order("timed")
    place.service(TIMED_RUN, f"exec flock --no-fork {place.file(LOCK)} sleep 600")
    place.host.commands.run("systemctl", "start", TIMED_RUN)
    wait_until_healthy(lambda: None if _is_locked(place) else "not locked yet", seconds=10.0, what="the lock")
    drill.prepare(1, order)
    drill.restore(1).stop(order)
    assert not _is_locked(place)
    drill.restore(1).abandon(order)
    assert drill.site.apply(1, THREE).failures == ()


def test_a_run_of_the_timer_changes_nothing_while_a_restore_is_under_way(place: Place) -> None:
    place.file(PLACE).parent.mkdir(parents=True)
    place.file(PLACE).write_text("{}")
    Staging(place.host).announce()
    assert on_aws("converge", place.host, _unexpected) == 0


def test_a_cluster_that_lost_most_of_its_disks_is_whole_again_after_a_restore(tmp_path: Path) -> None:
    drill = Drill(tmp_path)
    try:
        for number in (2, 3):
            drill.site.lose_disk(number)
        for number in (2, 3):
            place, runner = drill.site.place(number), drill.site.runner(number, THREE)[0]
            files, manifest = drill.site.files(number, THREE), drill.site.manifest(number, THREE)
            Memory(place.host).begin(place.wanted(files, may_begin=False, **manifest))
            Staging(place.host).announce()
            assert "a restore is under way" in runner.apply().failures[0]
        _restored(drill, "after the loss")
        assert drill.site.get("/registry/before") == "1"
        assert drill.site.get("/registry/after") is None
        assert all(not outcome.failures for outcome in drill.site.apply_all(THREE).values())
    finally:
        drill.site.end()


def test_a_machine_that_waits_for_a_quorum_is_made_ready_meanwhile(tmp_path: Path) -> None:
    site, journal = Site(tmp_path, needed("etcd")), Journal()
    _, cluster = site.runner(1, THREE)
    steps = [Written("programs", journal), Waiting(), Written("control-plane", journal, "etcd")]
    Staging(site.place(1).host).announce()
    outcome = Runner(steps, cluster=cluster, events=site.place(1).events).apply()
    assert "a restore is under way" in outcome.failures[0]
    assert journal.lines == ["apply programs", "verify programs"]


def _unexpected(_: Events, __: Path) -> int:
    raise AssertionError("a run of the timer applied something during a restore")


def _is_locked(place: Place) -> bool:
    try:
        with host_lock(place.host, place.events, patience=0.0):
            return False
    except Failed:
        return True


class Waiting(Step):
    """etcd's own, which cannot go on without the others."""

    name = "etcd"

    def differences(self) -> list[Difference]:
        return [Difference(step="etcd", what="own member", wanted="there", found="lost", impact=Impact.MEMBERSHIP)]

    def apply(self) -> None:
        raise AssertionError

    def verify(self) -> None:
        raise AssertionError


def _restored(drill: Drill, token: str) -> None:
    order = drill.order(token)
    for number in THREE:
        drill.prepare(number, order)
    for number in THREE:
        drill.restore(number).stop(order)
    for number in THREE:
        drill.restore(number).switch(order)
    drill.finish(order)
    assert not list(drill.site.place(1).file(VOLUME).glob("restore*"))
