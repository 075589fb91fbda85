from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from plan.certificates.renewal import STAGGER_HOURS, early_renewal_hours, longest_window_hours
from tests.unit.plan.site import nodes, refusal, refusals, settings


@given(st.integers(min_value=1, max_value=8000), st.integers(min_value=1, max_value=7))
def test_no_two_nodes_fall_due_within_the_stagger(base: int, count: int) -> None:
    due = sorted(early_renewal_hours(base, index) for index in range(count))
    assert all(later - earlier >= STAGGER_HOURS for earlier, later in pairwise(due))
    assert max(due) == longest_window_hours(base, count)
    assert min(due) == base


@given(st.integers(min_value=1, max_value=8760), st.integers(min_value=1, max_value=8760))
@pytest.mark.acceptance("T14")
def test_a_renewal_window_is_refused_exactly_when_the_last_nodes_reaches_the_lifetime(leaf: int, early: int) -> None:
    said = refusals({"certificates.leafHours": leaf, "certificates.earlyRenewalHours": early})
    assert bool(said) == (early + 2 * STAGGER_HOURS >= leaf)


@given(st.integers(min_value=1, max_value=8760), st.sampled_from([3, 5, 7]))
def test_every_leaf_of_accepted_settings_lives_before_it_falls_due(leaf: int, count: int) -> None:
    changes = {"certificates.leafHours": leaf, "members": count, "nodes": nodes(count)}
    assume(not refusals(changes))
    found = settings(changes).certificates
    assert 0 < early_renewal_hours(found.early_renewal_hours, count - 1) < found.leaf_hours


def test_a_leaf_of_more_than_a_year_is_refused() -> None:
    assert refusal({"certificates.leafHours": 8761}).at == "certificates.leafHours"


def test_a_leaf_that_never_lives_is_refused() -> None:
    assert "certificates.leafHours" in {one.at for one in refusals({"certificates.leafHours": 0})}


def test_an_authority_of_more_than_ten_years_is_refused() -> None:
    assert refusal({"certificates.authorityHours": 87_601}).at == "certificates.authorityHours"


def test_an_authority_that_ends_before_its_leaves_is_refused() -> None:
    assert "outlive their authority" in refusal({"certificates.authorityHours": 8760}).why


def test_a_renewal_at_the_end_is_refused_because_it_comes_too_late() -> None:
    assert "after it has ended" in refusal({"certificates.earlyRenewalHours": 0}).why


def test_a_fifth_node_can_make_the_window_too_long() -> None:
    changes: dict[str, object] = {"certificates.leafHours": 900}
    assert not refusals(changes)
    assert refusal({**changes, "members": 5, "nodes": nodes(5)}).at == "certificates.earlyRenewalHours"
