import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.quorum import fault_tolerance, quorum
from tests.unit.plan.site import nodes, refusal, refusals, settings


@given(st.integers(min_value=1, max_value=1000))
def test_two_quorums_always_share_a_member(members: int) -> None:
    assert 2 * quorum(members) > members


@given(st.integers(min_value=1, max_value=1000))
def test_whoever_is_left_after_the_tolerated_failures_is_a_quorum(members: int) -> None:
    assert members - fault_tolerance(members) >= quorum(members)
    assert members - (fault_tolerance(members) + 1) < quorum(members)


@given(st.integers(min_value=1, max_value=500).map(lambda half: 2 * half))
def test_an_even_member_never_adds_tolerance(members: int) -> None:
    assert fault_tolerance(members) == fault_tolerance(members - 1)


@pytest.mark.parametrize("count", [3, 5, 7])
def test_three_five_and_seven_nodes_are_accepted(count: int) -> None:
    assert len(settings({"members": count, "nodes": nodes(count)}).nodes) == count


def test_two_nodes_are_refused_because_they_tolerate_nothing() -> None:
    said = refusal({"members": 2, "nodes": nodes(2)})
    assert said.at == "nodes"
    assert "no failure at all" in said.why
    assert said.fix == "use 3"


@pytest.mark.parametrize(("count", "better"), [(4, "3 or 5"), (6, "5 or 7")])
def test_an_even_number_is_refused_with_both_neighbours_as_the_way_out(count: int, better: str) -> None:
    said = refusal({"members": count, "nodes": nodes(count)})
    assert f"exactly as many as {count - 1}" in said.why
    assert better in said.fix


def test_no_node_is_refused() -> None:
    assert "without a member" in refusal({"members": 0, "nodes": []}).why


@pytest.mark.parametrize("count", [8, 9, 11])
def test_more_than_seven_nodes_are_refused(count: int) -> None:
    assert "from 3 to 7" in refusal({"members": count, "nodes": nodes(count)}).what


def test_one_node_is_refused_until_it_is_said_explicitly() -> None:
    one = {"preset": "dev", "members": 1, "nodes": nodes(1)}
    assert "singleMember" in refusal(one).fix
    assert settings({**one, "singleMember": True}).single_member


def test_one_node_is_refused_in_production_whatever_is_said() -> None:
    assert "production" in refusal({"members": 1, "nodes": nodes(1), "singleMember": True}).what


def test_a_forgotten_node_is_noticed_by_the_promised_count() -> None:
    said = refusal({"members": 5, "nodes": nodes(3)})
    assert said.what == "5 nodes, like `members`"


def test_the_count_may_stay_unsaid() -> None:
    assert settings({"members": None, "nodes": nodes(5)}).members is None


def test_the_count_may_come_as_text_because_the_stack_gives_it_as_text() -> None:
    assert settings({"members": "3"}).members == 3


@pytest.mark.parametrize(("count", "domains"), [(3, 1), (3, 2), (5, 1), (5, 2), (7, 2)])
def test_a_failure_domain_that_takes_the_quorum_with_it_is_refused(count: int, domains: int) -> None:
    said = refusals({"members": count, "nodes": nodes(count, domains=domains)})
    assert said
    assert all("failure domain" in one.what for one in said)


@pytest.mark.parametrize(("count", "domains"), [(3, 3), (5, 3), (7, 3), (7, 7)])
def test_three_failure_domains_are_enough_for_any_number(count: int, domains: int) -> None:
    assert settings({"members": count, "nodes": nodes(count, domains=domains)})


def test_a_site_of_one_failure_domain_must_say_so() -> None:
    assert settings({"nodes": nodes(3, domains=1), "singleFailureDomain": True})
