"""Which restore is gone on with after an interruption."""

import pytest

from agent.model.json_reading import Json
from operations.restore import interrupted

READY, SERVING, NOTHING = ("one", False), ("one", True), (None, False)


def answers(*nodes: tuple[str | None, bool]) -> list[Json]:
    return [Json({"token": token, "switched": switched}, "answer") for token, switched in nodes]


def test_a_first_restore_goes_on_with_nothing() -> None:
    assert interrupted(answers(NOTHING, NOTHING, NOTHING)) is None


@pytest.mark.parametrize("nodes", [(READY, NOTHING, NOTHING), (READY, READY, READY), (SERVING, READY, READY)])
def test_an_interrupted_restore_keeps_its_token(nodes: tuple[tuple[str | None, bool], ...]) -> None:
    assert interrupted(answers(*nodes)) == "one"


def test_a_finished_restore_is_never_repeated_under_its_own_token() -> None:
    """The member without an order has voted since: the same identity with an older memory would break its promises."""
    assert interrupted(answers(SERVING, SERVING, NOTHING)) is None


def test_data_that_is_ready_under_two_tokens_is_made_again() -> None:
    assert interrupted(answers(READY, ("two", False), NOTHING)) is None
