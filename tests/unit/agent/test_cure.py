"""A guard protects from a change, never from its cure: three real members that cannot be asked for the lock."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from agent.cure import cure
from agent.defragmentation import defragment
from agent.etcd import space
from agent.model.difference import Difference
from agent.model.step import Step
from agent.model.wanted import read
from agent.runner import Outcome
from agent.system.memory import Memory
from tests.unit.agent.etcd_site import PKI, Site
from tests.unit.documents.programs import needed

THREE = (1, 2, 3)
MUCH = 0.4  # of the quota: more than a defragmentation of a database that is full of data gives back
SOME = 0.2
SMALL, LARGE = "quota=4194304", "quota=33554432"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Three members with a small quota."""
    made = Site(tmp_path, needed("etcd"))
    assert _failures(made.apply_all(THREE, may_begin=True, unit=SMALL)) == []
    yield made
    made.end()


def _failures(outcomes: dict[int, Outcome]) -> list[str]:
    return [failure for outcome in outcomes.values() for failure in outcome.failures]


def _locks(site: Site, number: int) -> list[str]:
    return [f"{event['state']} {event['text']}" for event in site.place(number).heard if event["event"] == "lock"]


def test_ended_certificates_are_replaced_without_the_lock_and_what_needs_the_lock_still_takes_it(site: Site) -> None:
    site.put("/registry/acknowledged", "1")
    for place in site.places.values():
        place.heard.clear()
    site.end_certificates(*THREE)
    assert _failures(site.apply_all(THREE, unit=LARGE)) == []
    for number in THREE:
        notes = " ".join(site.place(number).notes())
        assert f"{PKI}/server.crt expired on 20" in notes
        assert any(line == f"held cp{number} may change this cluster" for line in _locks(site, number))
    assert site.get("/registry/acknowledged") == "1"


def test_a_certificate_without_its_key_is_replaced_as_well(site: Site) -> None:
    site.place(2).file(f"{PKI}/healthcheck-client.key").write_text("")
    assert site.apply(2, THREE, unit=LARGE).failures == ()
    assert "healthcheck-client.crt cannot be used with its key" in " ".join(site.place(2).notes())


def test_a_full_database_of_old_revisions_accepts_writes_again_after_an_update_that_changes_nothing_else(
    site: Site,
) -> None:
    for number in range(12):
        site.put("/registry/same", "y" * 100_000 + str(number))
    site.fill()
    site.delete("/fill/")
    with pytest.raises(Exception, match="space exceeded"):
        site.put("/registry/more", "1")
    assert _failures(site.apply_all(THREE, unit=SMALL)) == []
    site.put("/registry/more", "1")
    assert all(outcome.found == () for outcome in site.apply_all(THREE, unit=SMALL).values())


def test_a_larger_quota_reaches_a_database_that_is_full_of_data_and_no_two_members_restart_together(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(space, "ROOM", SOME)  # a member may be filled less densely than the one that refused first
    site.put("/registry/acknowledged", "1")
    site.fill()
    assert _failures(site.apply_all(THREE, unit=LARGE)) == []
    site.put("/registry/more", "1")
    assert site.get("/registry/acknowledged") == "1"
    assert all(place.orders().count("restart etcd.service") == 1 for place in site.places.values())
    assert "comes first" in " ".join(site.place(3).notes())
    for place in site.places.values():
        notes = " ".join(place.notes())
        assert "restarted with the planned quota" in notes
        assert "compacting" not in notes, "the little that a defragmentation finds is full again at once"


def test_a_database_that_is_full_again_before_the_lock_is_taken_is_given_room_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(tmp_path, needed("etcd"))  # of one member: no other may have the lock when it is filled
    given = []

    def cured(steps: Sequence[Step], found: Sequence[Difference]) -> tuple[tuple[str, ...], dict[str, str]]:
        result = cure(steps, found)
        given.append(result[0])
        if len(given) == 1:
            site.fill()
            site.delete("/fill/")
        return result

    try:
        assert site.apply(1, (1,), may_begin=True, unit=SMALL).failures == ()
        monkeypatch.setattr("agent.runner.cure", cured)
        assert site.apply(1, (1,), unit=f"{SMALL}\n# another unit").failures == ()
        assert given == [(), ("etcd",)]
        site.put("/registry/more", "1")
    finally:
        site.end()


def test_a_database_full_of_data_without_a_larger_quota_says_what_to_raise(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(space, "ROOM", MUCH)
    monkeypatch.setattr(space, "SPARE_SECONDS", 1.0)
    site.fill()
    (failure,) = site.apply(1, THREE, unit=SMALL).failures
    assert "raise `etcd.quotaBytes`" in failure


def test_a_defragmentation_from_node_to_node_frees_a_full_database_and_ends_the_alarm(site: Site) -> None:
    site.fill()
    site.delete("/fill/")
    for number in THREE:
        place = site.place(number)
        before, after = defragment(place.host, read(Memory(place.host).wanted), place.events)
        assert after < before
    site.put("/registry/more", "1")
