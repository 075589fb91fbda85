"""What breaks one node does not reach the next: agents with a real etcd, and a step that breaks on purpose."""

import threading
import time
from collections.abc import Iterator

import pytest

from agent.etcd.cluster import Cluster
from agent.model.difference import Difference, Impact
from agent.model.failure import Failed, NotHealthy
from agent.model.step import Step
from agent.runner import Outcome, Runner
from tests.unit.agent.etcd_site import Site
from tests.unit.documents.programs import needed

THREE = (1, 2, 3)


class Change(Step):
    """A change that needs the lock; `breaks`: the node is not healthy after it."""

    name = "change"

    def __init__(self, *, breaks: bool = False, impact: Impact = Impact.RESTART, seconds: float = 0.0) -> None:
        self._breaks, self._impact, self._seconds = breaks, impact, seconds
        self.applied = False

    def differences(self) -> list[Difference]:
        if self.applied and not self._breaks:
            return []
        return [Difference(step=self.name, what="it", wanted="new", found="old", impact=self._impact)]

    def apply(self) -> None:
        self.applied = True
        time.sleep(self._seconds)

    def verify(self) -> None:
        if self._breaks:
            raise NotHealthy("the new program crashes")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("site"), needed("etcd"))
    assert all(not outcome.failures for outcome in made.apply_all(THREE, may_begin=True).values())
    yield made
    made.end()


@pytest.fixture(autouse=True)
def without_failures(site: Site) -> Iterator[None]:
    """No node has failed before a test, nor after it."""
    yield
    for number in THREE:
        cluster(site, number).failures.clear()


def cluster(site: Site, number: int) -> Cluster:
    return site.runner(number, THREE)[1]


def run(site: Site, number: int, step: Step) -> Outcome:
    return Runner([step], cluster=cluster(site, number), events=site.place(number).events).apply()


def test_a_change_that_breaks_the_first_node_never_begins_on_those_that_wait_for_their_turn(site: Site) -> None:
    first, others = Change(breaks=True, seconds=1.5), {number: Change(breaks=True) for number in (2, 3)}
    said: dict[int, str] = {}

    def wait_for_turn(number: int) -> None:
        try:
            run(site, number, others[number])
        except Failed as failure:
            said[number] = str(failure)

    leading = threading.Thread(target=lambda: run(site, 1, first))
    leading.start()
    time.sleep(0.5)  # the first node has the lock by now
    waiting = [threading.Thread(target=wait_for_turn, args=(number,)) for number in others]
    for thread in (*waiting,):
        thread.start()
    for thread in (leading, *waiting):
        thread.join()
    assert first.applied
    assert not any(step.applied for step in others.values())
    assert all("cp1 failed at its change (change: the new program crashes)" in said[number] for number in others)


def test_a_node_that_failed_before_goes_first_and_the_others_follow(site: Site) -> None:
    assert run(site, 1, Change(breaks=True)).failures
    order: list[int] = []

    def follow() -> None:
        run(site, 2, Change())
        order.append(2)

    follower = threading.Thread(target=follow)
    follower.start()
    time.sleep(1.0)
    assert run(site, 1, Change()).failures == ()
    order.append(1)
    follower.join()
    assert order == [1, 2]


def test_a_node_that_matches_the_plan_again_blocks_no_other_node(site: Site) -> None:
    assert run(site, 1, Change(breaks=True)).failures
    still = Change()
    still.applied = True
    assert run(site, 1, still) == Outcome(changed=(), found=(), failures=())
    assert cluster(site, 2).failures.of_others() == {}


def test_a_node_that_stays_broken_is_named_when_the_others_give_up(site: Site) -> None:
    assert run(site, 3, Change(breaks=True)).failures
    heard: list[str] = []
    with pytest.raises(Failed, match=r"cp3 failed at its change .* replace it"):
        cluster(site, 1).failures.await_fixed(say=heard.append, patience=0.5)
    assert heard == ["cp3 failed at its change (change: the new program crashes); waiting for it"]


def test_a_change_of_members_is_not_held_up_because_it_may_be_the_cure(site: Site) -> None:
    assert run(site, 3, Change(breaks=True)).failures
    assert run(site, 1, Change(impact=Impact.MEMBERSHIP)).failures == ()


def test_a_failure_of_a_node_that_is_no_longer_planned_is_ignored(site: Site) -> None:
    assert run(site, 3, Change(breaks=True)).failures
    two = site.runner(1, (1, 2))[1]
    assert two.failures.of_others() == {}
