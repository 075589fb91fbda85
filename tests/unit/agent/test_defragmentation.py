"""Three real members give pages back, one at a time, and only while all are healthy."""

from collections.abc import Iterator

import pytest

from agent.defragmentation import defragment
from agent.etcd.members import MemberStatus
from agent.examination import Finding, examine
from agent.model.failure import Failed
from agent.model.wanted import Wanted, read
from agent.system.memory import Memory
from tests.unit.agent.etcd_site import Site
from tests.unit.documents.programs import needed

THREE = (1, 2, 3)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Members whose databases are mostly empty pages."""
    made = Site(tmp_path_factory.mktemp("site"), needed("etcd"))
    assert all(not one.failures for one in made.apply_all(THREE, may_begin=True).values())
    for number in range(40):
        made.put(f"/registry/{number % 2}", "x" * 100_000)
    made.compact()
    yield made
    made.end()


def wanted(site: Site, number: int) -> Wanted:
    return read(Memory(site.place(number).host).wanted)


def status(site: Site, number: int) -> MemberStatus:
    _, cluster = site.runner(number, THREE)
    found = cluster.health(cluster.me.client_url)
    assert isinstance(found, MemberStatus)
    return found


def findings(site: Site, number: int) -> dict[str, Finding]:
    return {one.subject: one for one in examine(site.place(number).host, wanted(site, number))}


def test_unused_pages_are_given_back_and_a_leader_hands_over_first(site: Site) -> None:
    leader = next(number for number in THREE if status(site, number).leader == status(site, number).id)
    place = site.place(leader)
    place.heard.clear()
    before, after = defragment(place.host, wanted(site, leader), place.events)
    assert before > 2_000_000
    assert after < before / 2
    assert status(site, leader).leader != status(site, leader).id
    assert any("leadership handed over" in note for note in place.notes())
    locks = [event["state"] for event in place.heard if event["event"] == "lock"]
    assert locks[0] == "held"
    assert locks[-1] == "released"


def test_an_examination_names_what_etcd_holds_and_what_of_it_is_used(site: Site) -> None:
    found = findings(site, 1)
    assert found["etcd members"].well
    assert found["etcd health"].well
    assert found["etcd space"].well
    assert "in use" in found["etcd space"].seen


def test_while_a_member_is_down_nothing_is_defragmented_and_the_examination_says_why(site: Site) -> None:
    down = next(number for number in THREE if status(site, number).leader != status(site, number).id)
    asked = next(number for number in THREE if number != down)
    site.places[down].end()
    try:
        with pytest.raises(Failed, match=f"not every member is healthy, so none is defragmented: cp{down}"):
            defragment(site.place(asked).host, wanted(site, asked), site.place(asked).events)
        assert not findings(site, down)["etcd health"].well
    finally:
        assert site.apply(down, THREE).failures == ()
