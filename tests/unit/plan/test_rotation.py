"""Rotations: which list of generations follows which."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.rotation import disorder
from plan.certificates.rotation import Phase, next_step, numbered
from tests.unit.plan.site import refusal, refusals, settings

AUTHORITIES = ("cluster", "etcd", "frontProxy")


@given(st.integers(min_value=1, max_value=100))
def test_three_steps_lead_from_a_generation_to_the_next_one_and_nothing_else_changes(start: int) -> None:
    lists: list[tuple[int, ...]] = [(start,)]
    phases: list[Phase] = []
    for _ in range(3):
        step = next_step(lists[-1])
        lists.append(step.generations)
        phases.append(step.phase)
    assert phases == [Phase.ADD, Phase.PROMOTE, Phase.REMOVE]
    assert lists == [(start,), (start, start + 1), (start + 1, start), (start + 1,)]


@given(st.lists(st.integers(min_value=1, max_value=9), min_size=1, max_size=2, unique=True))
def test_every_step_is_one_that_the_agents_accept(generations: list[int]) -> None:
    after = next_step(generations).generations
    assert disorder([str(g) for g in generations], [str(g) for g in after]) is None


@given(st.integers(min_value=1, max_value=9))
def test_every_step_that_leaves_out_a_phase_is_one_that_the_agents_refuse(start: int) -> None:
    old, new = str(start), str(start + 1)
    for before, after in (([old], [new, old]), ([old], [new]), ([old, new], [new])):
        assert disorder(before, after), (before, after)


@given(st.integers(min_value=1, max_value=9))
def test_a_rotation_may_be_taken_back_until_the_old_key_is_gone(start: int) -> None:
    old, new = str(start), str(start + 1)
    assert disorder([new, old], [old, new]) is None
    assert disorder([old, new], [old]) is None


def test_the_first_generation_has_the_name_that_it_had_before_there_were_generations() -> None:
    assert numbered("authority-etcd", 1) == "authority-etcd"
    assert numbered("authority-etcd", 2) == "authority-etcd-2"


@pytest.mark.parametrize(
    "at", [*(f"certificates.generations.{name}" for name in AUTHORITIES), "controlPlane.encryptionKeys"]
)
@pytest.mark.parametrize("wrong", [[], [0], [1, 1], [1, 2, 3], [-1]])
def test_generations_that_no_rotation_has_are_refused(at: str, wrong: list[int]) -> None:
    assert refusal({at: wrong}).at.partition("[")[0] == at


@pytest.mark.parametrize("right", [[1], [1, 2], [2, 1], [2]])
def test_every_phase_is_accepted(right: list[int]) -> None:
    changes = {f"certificates.generations.{name}": right for name in AUTHORITIES}
    assert not refusals({**changes, "controlPlane.encryptionKeys": right})
    assert settings({**changes}).certificates.generations.of("front-proxy") == tuple(right)
