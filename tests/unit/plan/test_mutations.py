"""Any mapping is refused in words or gives a consistent plan. `tests.unit.plan.fuzz` tries far more than these."""

from tests.unit.plan.fuzz import LONGEST_SECONDS, run


def test_mutated_settings_are_refused_or_give_a_consistent_plan_in_time() -> None:
    outcome = run(inputs=400, seed=20_261_130)
    assert not outcome.failures, outcome.failures[0]
    assert outcome.slowest[0] < LONGEST_SECONDS, outcome.slowest
    assert outcome.counts["planned"] > 20  # otherwise the mutations are too coarse to reach a plan
    assert outcome.counts["refused"] > 200
