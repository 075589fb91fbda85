import time

import pytest

from workbench.lab.wait import NotYet, TimedOut, until


def test_waiting_ends_with_the_first_answer() -> None:
    reasons: list[Exception] = [NotYet("no leader"), OSError("refused")]

    def probe() -> str:
        if reasons:
            raise reasons.pop()
        return "cp2"

    assert until("somebody leads", probe, seconds=5, every=0.001) == "cp2"


def test_a_deadline_says_what_was_awaited_how_long_and_what_was_seen_last() -> None:
    def probe() -> str:
        raise NotYet("cp2 follows")

    with pytest.raises(TimedOut, match=r"somebody leads: not true within 0.05 s; last state: cp2 follows"):
        until("somebody leads", probe, seconds=0.05, every=0.01)


def test_a_probe_that_took_longer_than_the_deadline_still_counts() -> None:
    def probe() -> str:
        time.sleep(0.05)
        return "late but there"

    assert until("something", probe, seconds=0.01) == "late but there"


def test_a_mistake_in_a_probe_is_not_waited_for() -> None:
    def probe() -> str:
        raise KeyError("leader")

    with pytest.raises(KeyError):
        until("something", probe, seconds=5)
