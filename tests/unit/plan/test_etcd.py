import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.plan.site import refusal, refusals


@given(st.integers(min_value=1, max_value=60_000), st.integers(min_value=1, max_value=60_000))
def test_an_election_is_accepted_exactly_within_five_heartbeats_and_fifty_seconds(
    heartbeat: int, election: int
) -> None:
    said = refusals({"etcd.heartbeatMs": heartbeat, "etcd.electionMs": election})
    assert bool(said) == (election < max(5 * heartbeat, 10) or election > 50_000)


@pytest.mark.parametrize(("election", "accepted"), [(499, False), (500, True), (50_000, True), (50_001, False)])
def test_the_bounds_of_an_election_are_exact(election: int, accepted: bool) -> None:  # noqa: FBT001 - a table's column
    assert bool(refusals({"etcd.electionMs": election})) != accepted


def test_an_election_shorter_than_ten_round_trips_is_refused() -> None:
    said = refusal({"etcd.roundTripMs": 150.0})
    assert said.at == "etcd.electionMs"
    assert said.what == "at least 10 round trips of 150 ms"
    assert "1500" in said.fix


def test_ten_round_trips_are_enough() -> None:
    assert not refusals({"etcd.roundTripMs": 100})


def test_heartbeats_faster_than_their_answers_are_refused() -> None:
    said = refusal({"etcd.roundTripMs": 90, "etcd.heartbeatMs": 40, "etcd.electionMs": 1000})
    assert said.at == "etcd.heartbeatMs"


@pytest.mark.parametrize("key", ["heartbeatMs", "roundTripMs"])
def test_a_duration_of_nothing_is_refused(key: str) -> None:
    assert refusal({f"etcd.{key}": 0}).at == f"etcd.{key}"


@pytest.mark.parametrize("size", [0, -1, 8 * 1024**3 + 1])
def test_a_database_beyond_eight_gibibytes_is_refused(size: int) -> None:
    assert refusal({"etcd.quotaBytes": size}).at == "etcd.quotaBytes"


def test_eight_gibibytes_are_accepted() -> None:
    assert not refusals({"etcd.quotaBytes": 8 * 1024**3})
