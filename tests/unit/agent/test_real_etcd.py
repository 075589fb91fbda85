"""Agents against a real etcd: three and more members on loopback, with TLS on every connection."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent.etcd.client import EtcdClient
from agent.etcd.gateway import Credentials, Gateway, Unreachable
from agent.etcd.lock import KEY, LockLost
from agent.etcd.membership import View
from agent.model.difference import Impact
from agent.model.failure import Failed
from tests.unit.agent.etcd_site import PKI, Site
from tests.unit.agent.issuing import Authority
from tests.unit.documents.programs import needed

THREE = (1, 2, 3)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Machines without anything."""
    made = Site(tmp_path, needed("etcd"))
    yield made
    made.end()


@pytest.fixture(scope="module")
def sites() -> Iterator[list[Site]]:
    """The clusters that were founded so far; the last one is used again for as long as it is healthy."""
    made: list[Site] = []
    yield made
    for site in made:
        site.end()


@pytest.fixture
def founded(sites: list[Site], tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Three members that serve and have no difference from what is wanted."""
    if not (sites and all(outcome.failures == () for outcome in sites[-1].apply_all(THREE).values())):
        site = Site(tmp_path_factory.mktemp("site"), needed("etcd"))
        sites.append(site)
        outcomes = site.apply_all(THREE, may_begin=True)
        assert [outcome.failures for outcome in outcomes.values()] == [(), (), ()]
    for place in sites[-1].places.values():
        place.heard.clear()
        (place.units / "log").write_text("")
    return sites[-1]


def names(site: Site, asked: int = 1, wanted: tuple[int, ...] = THREE) -> dict[str, bool]:
    """Member names, and whether each one votes."""
    _, cluster = site.runner(asked, wanted)
    return {member.name: not member.learner for member in cluster.etcd.members()}


def test_three_agents_at_once_found_one_cluster_without_a_first_node_and_without_a_lock(site: Site) -> None:
    outcomes = site.apply_all(THREE, may_begin=True)
    assert [outcome.failures for outcome in outcomes.values()] == [(), (), ()]
    assert names(site) == {"cp1": True, "cp2": True, "cp3": True}
    for place in site.places.values():
        assert {"event": "member-begun"} in place.heard
        assert not any(event["event"] == "lock" for event in place.heard)
    assert all(outcome.changed == () for outcome in site.apply_all(THREE).values())


def test_the_first_start_is_announced_before_etcd_has_any_data(site: Site) -> None:
    runner, _ = site.runner(1, THREE, may_begin=True)
    seen: list[bool] = []
    heard = site.place(1).heard
    watcher = threading.Thread(target=lambda: seen.append(_data_when_begun(site, heard)))
    watcher.start()
    with ThreadPoolExecutor() as pool:
        agent = pool.submit(runner.apply)
        watcher.join()
        assert seen == [False]
        site.apply(2, THREE, may_begin=True)
        assert agent.result().failures == ()


def _data_when_begun(site: Site, heard: list[dict[str, object]]) -> bool:
    while {"event": "member-begun"} not in heard:
        time.sleep(0.0005)
    return site.place(1).file("/var/lib/etcd/data/member/wal").exists()


def test_a_changed_unit_restarts_one_member_at_a_time(founded: Site) -> None:
    outcomes = founded.apply_all(THREE, unit="2")
    assert [outcome.failures for outcome in outcomes.values()] == [(), (), ()]
    spans = []
    for place in founded.places.values():
        assert place.orders().count("restart etcd.service") == 1
        states = [event["state"] for event in place.heard if event["event"] == "lock"]
        assert (states.count("held"), states[-1]) == (1, "released")
        spans.append(states)
    # A node that holds the lock may still wait until the member that restarted before it is healthy.
    assert sum("waiting" in states[: states.index("held")] for states in spans) == 2


def test_a_member_that_lost_its_disk_comes_back_as_a_voter_and_never_founds_anything(founded: Site) -> None:
    _, cluster = founded.runner(1, THREE)
    before = {member.name: member.id for member in cluster.etcd.members()}
    founded.lose_disk(3)
    assert founded.apply(3, THREE).failures == ()
    after = {member.name: member.id for member in cluster.etcd.members()}
    assert names(founded) == {"cp1": True, "cp2": True, "cp3": True}
    assert (after["cp1"], after["cp2"]) == (before["cp1"], before["cp2"])
    assert after["cp3"] != before["cp3"]
    assert not founded.place(3).file("/etc/etcd/join.env").exists()
    assert founded.apply(3, THREE).changed == ()


def test_an_agent_killed_after_adding_its_member_goes_on_with_that_identity(founded: Site) -> None:
    founded.lose_disk(3)
    _, cluster = founded.runner(3, THREE)
    old = next(member for member in cluster.etcd.members() if member.name == "cp3")
    _until_accepted(lambda: cluster.etcd.remove(old.id))
    _until_accepted(lambda: cluster.etcd.add_learner(cluster.me.peer_url))
    added = next(member.id for member in cluster.etcd.members() if not member.name)
    assert founded.apply(3, THREE).failures == ()
    assert {m.name: m.id for m in cluster.etcd.members()}["cp3"] == added


def _until_accepted(change: object) -> None:
    assert callable(change)
    deadline = time.monotonic() + 60
    while True:
        try:
            change()
        except Failed:
            assert time.monotonic() < deadline
            time.sleep(0.3)
        else:
            return


def test_only_the_agent_starts_etcd_on_an_empty_disk(founded: Site) -> None:
    place = founded.place(3)
    place.end()
    place.file("/var/lib/etcd/data").rename(place.folder / "lost")
    place.host.commands.run("systemctl", "start", "etcd.service")
    time.sleep(0.5)
    assert not place.file("/var/lib/etcd/data").exists()
    (place.folder / "lost").rename(place.file("/var/lib/etcd/data"))


def test_a_cluster_grows_by_learners_that_are_promoted_and_shrinks_once_those_that_go_are_silent(
    founded: Site,
) -> None:
    five = (1, 2, 3, 4, 5)
    outcomes = {}

    def join(number: int) -> None:
        outcomes[number] = founded.apply(number, five, may_begin=True)

    agents = [threading.Thread(target=join, args=(number,)) for number in (4, 5)]
    for agent in agents:
        agent.start()
    for agent in agents:
        agent.join()
    assert [outcome.failures for outcome in outcomes.values()] == [(), ()]
    assert names(founded, 1, five) == {f"cp{n}": True for n in five}
    assert founded.apply(1, THREE).failures == ()
    assert names(founded) == {f"cp{n}": True for n in five}, "who answers leaves by himself"
    for number in (4, 5):
        founded.lose_disk(number)
    assert founded.apply(1, THREE).failures == ()
    assert names(founded) == {"cp1": True, "cp2": True, "cp3": True}


def test_a_dead_node_can_be_exchanged_for_one_with_another_name(founded: Site) -> None:
    founded.lose_disk(3)
    assert founded.apply(6, (1, 2, 6), may_begin=True).failures == ()
    assert names(founded, 1, (1, 2, 6)) == {"cp1": True, "cp2": True, "cp6": True}
    founded.lose_disk(6)
    assert founded.apply(3, THREE, may_begin=True).failures == ()


def test_a_restart_is_refused_while_another_member_is_down(founded: Site) -> None:
    founded.place(3).end()
    _, cluster = founded.runner(1, THREE)
    cluster.members()  # where the dead one led, an election comes first
    with pytest.raises(Failed, match="1 of 3 voting members are healthy besides this node, but 2 are needed"):
        cluster.await_spare(say=print, patience=0.1)


def test_leadership_leaves_a_member_before_it_restarts(founded: Site) -> None:
    clusters = {number: founded.runner(number, THREE)[1] for number in THREE}
    leader = next(n for n, c in clusters.items() if (s := c.etcd.status(c.me.client_url)).leader == s.id)
    to = clusters[leader].hand_over()
    assert to in {f"cp{n}" for n in THREE} - {f"cp{leader}"}
    assert clusters[leader].hand_over() is None


def test_leadership_is_handed_over_even_if_a_slow_leader_cannot_answer_with_a_quorum(
    founded: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    clusters = {number: founded.runner(number, THREE)[1] for number in THREE}
    leader = next(n for n, c in clusters.items() if (s := c.etcd.status(c.me.client_url)).leader == s.id)
    traces = clusters[leader].etcd.traces([member.peer_url for member in clusters[leader].wanted])
    monkeypatch.setattr(clusters[leader], "look", lambda: View(members=None, traces=traces))
    assert clusters[leader].hand_over() in {f"cp{n}" for n in THREE} - {f"cp{leader}"}


def test_all_members_down_at_once_are_started_again_without_the_lock_that_no_node_could_hold(founded: Site) -> None:
    founded.end()
    outcomes = founded.apply_all(THREE)
    assert [outcome.failures for outcome in outcomes.values()] == [(), (), ()]
    assert names(founded) == {"cp1": True, "cp2": True, "cp3": True}


def test_the_lock_is_held_by_one_and_names_its_holder_to_the_others(founded: Site) -> None:
    _, one = founded.runner(1, THREE)
    _, two = founded.runner(2, THREE)
    late = two.lock(founded.place(2).events, patience=0.2)
    with one.lock(founded.place(1).events), pytest.raises(Failed, match="cp1 since"), late:
        pass
    with two.lock(founded.place(2).events, patience=5.0) as held:
        held.check()
    waiting = [event for event in founded.place(2).heard if event.get("state") == "waiting"]
    assert "cp1 since" in str(waiting[0]["text"])


def test_a_holder_that_dies_frees_the_lock_by_its_lease(founded: Site) -> None:
    _, one = founded.runner(1, THREE)
    lease = one.etcd.grant(2)  # an agent that was killed does not renew
    assert one.etcd.create(KEY, json.dumps({"holder": "cp1", "since": "then"}), lease=lease)
    _, two = founded.runner(2, THREE)
    began = time.monotonic()
    with two.lock(founded.place(2).events, patience=30.0):
        assert time.monotonic() - began > 1.0


def test_a_lock_that_cannot_be_renewed_counts_as_lost_before_another_node_can_have_it(
    founded: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, one = founded.runner(1, THREE)
    lock = one.lock(founded.place(1).events)
    with lock:
        founded.end()
        real = time.monotonic
        monkeypatch.setattr("agent.etcd.lock.time.monotonic", lambda: real() + 13.0)
        with pytest.raises(LockLost, match="nothing more is changed"):
            lock.check()


def test_a_client_of_another_authority_gets_no_answer(founded: Site) -> None:
    pair = Authority("etcd-ca").issue("kube-etcd-healthcheck-client")
    certificate, key = founded.folder / "other.crt", founded.folder / "other.key"
    certificate.write_text(pair.certificate)
    key.write_text(pair.key)
    authority = founded.place(1).file(f"{PKI}/ca.crt")
    url = f"https://{founded.address(1)}:2379"
    other = Gateway([url], lambda: Credentials(authority=authority, certificate=certificate, key=key))
    with pytest.raises(Unreachable, match=url):
        EtcdClient(other).members()


def test_a_renewed_certificate_is_served_without_a_restart(founded: Site) -> None:
    founded.leaves.clear()
    runner, _ = founded.runner(1, THREE)
    assert {difference.impact for difference in runner.check()} == {Impact.NONE}
    assert founded.apply(1, THREE).failures == ()
    orders = founded.place(1).orders()
    assert not {"restart etcd.service", "start etcd.service"} & set(orders)
