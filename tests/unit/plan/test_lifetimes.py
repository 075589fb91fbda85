from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.certificates.renewal import base_hours, early_renewal_hours, longest_window_hours, stagger_hours
from plan.settings import Certificates
from tests.unit.plan.site import nodes, refusal, refusals, settings


def certificates(leaf: int, early: int | None = None) -> Certificates:
    return Certificates(leaf_hours=leaf, early_renewal_hours=early)


@given(st.integers(min_value=24, max_value=8760), st.integers(min_value=1, max_value=7))
def test_no_two_nodes_fall_due_within_the_stagger(leaf: int, count: int) -> None:
    of = certificates(leaf)
    due = sorted(early_renewal_hours(of, index) for index in range(count))
    assert all(later - earlier >= stagger_hours(of) for earlier, later in pairwise(due))
    assert max(due) == longest_window_hours(of, count)
    assert min(due) == base_hours(of)


@given(st.integers(min_value=24, max_value=8760), st.sampled_from([3, 5, 7]))
def test_leaves_of_any_accepted_lifetime_have_a_renewal_window_that_fits(leaf: int, count: int) -> None:
    found = settings({"certificates.leafHours": leaf, "nodes": nodes(count)}).certificates
    assert 0 < early_renewal_hours(found, count - 1) < 0.75 * found.leaf_hours


def test_a_leaf_of_a_year_is_renewed_thirty_days_before_its_end_and_nodes_are_two_days_apart() -> None:
    assert [early_renewal_hours(certificates(8760), index) for index in range(3)] == [720, 768, 816]


@given(st.integers(min_value=24, max_value=8760), st.integers(min_value=1, max_value=8759))
@pytest.mark.acceptance("T14")
def test_a_renewal_window_is_refused_exactly_when_the_last_nodes_reaches_the_lifetime(leaf: int, early: int) -> None:
    said = refusals({"certificates.leafHours": leaf, "certificates.earlyRenewalHours": early})
    assert bool(said) == (early + 2 * stagger_hours(certificates(leaf)) >= leaf)


def test_a_leaf_of_more_than_a_year_is_refused() -> None:
    assert refusal({"certificates.leafHours": 8761}).at == "certificates.leafHours"


def test_a_leaf_that_never_lives_is_refused() -> None:
    assert "certificates.leafHours" in {one.at for one in refusals({"certificates.leafHours": 0})}


def test_an_authority_of_more_than_ten_years_is_refused() -> None:
    assert refusal({"certificates.authorityHours": 87_601}).at == "certificates.authorityHours"


def test_an_authority_that_ends_before_its_leaves_is_refused() -> None:
    assert "outlive their authority" in refusal({"certificates.authorityHours": 8760}).why


def test_a_renewal_at_the_end_is_refused_because_it_comes_too_late() -> None:
    assert "after it has expired" in refusal({"certificates.earlyRenewalHours": 0}).why


def test_a_fifth_node_can_make_the_window_too_long() -> None:
    changes: dict[str, object] = {"certificates.leafHours": 900, "certificates.earlyRenewalHours": 720}
    assert not refusals(changes)
    assert refusal({**changes, "members": 5, "nodes": nodes(5)}).at == "certificates.earlyRenewalHours"
