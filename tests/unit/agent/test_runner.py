"""Order, concurrency and failures of steps, with steps that only record what happens to them."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from agent.model.difference import Difference, Impact
from agent.model.failure import Failed, NotHealthy
from agent.model.step import Step
from agent.runner import Runner
from tests.unit.agent.place import Place


@dataclass
class Journal:
    """What the steps did, in order."""

    lines: list[str] = field(default_factory=list)


class Written(Step):
    """A step that differs until it was applied."""

    def __init__(
        self,
        name: str,
        journal: Journal,
        *after: str,
        fails: str | None = None,
        sick: str | None = None,
        meets: threading.Barrier | None = None,
    ) -> None:
        self.name = name
        self.after = frozenset(after)
        self._journal = journal
        self._fails, self._sick, self._meets = fails, sick, meets
        self._done = False

    def differences(self) -> list[Difference]:
        if self._done:
            return []
        return [Difference(step=self.name, what="it", wanted="done", found="not done", impact=Impact.NONE)]

    def apply(self) -> None:
        if self._meets:
            self._meets.wait(timeout=5.0)
        self._journal.lines.append(f"apply {self.name}")
        if self._fails:
            raise Failed(self._fails)
        self._done = True

    def verify(self) -> None:
        self._journal.lines.append(f"verify {self.name}")
        if self._sick:
            raise NotHealthy(self._sick)


def runner(place: Place, *steps: Step) -> Runner:
    return Runner(steps, cluster=None, events=place.events)


def test_a_step_begins_only_when_those_before_it_are_healthy(place: Place) -> None:
    journal = Journal()
    steps = (Written("c", journal, "b"), Written("b", journal, "a"), Written("a", journal))
    outcome = runner(place, *steps).apply()
    assert journal.lines == ["apply a", "verify a", "apply b", "verify b", "apply c", "verify c"]
    assert outcome.changed == ("a", "b", "c")


def test_steps_that_do_not_need_each_other_run_at_the_same_time(place: Place) -> None:
    journal, meets = Journal(), threading.Barrier(2)
    outcome = runner(place, Written("a", journal, meets=meets), Written("b", journal, meets=meets)).apply()
    assert outcome.failures == ()


def test_what_needs_a_failed_step_does_not_begin_and_the_rest_goes_on(place: Place) -> None:
    journal = Journal()
    steps = (
        Written("etcd", journal, fails="no space left"),
        Written("control-plane", journal, "etcd"),
        Written("balancer", journal),
    )
    outcome = runner(place, *steps).apply()
    assert outcome.failures == ("etcd: no space left",)
    assert outcome.changed == ("balancer",)
    assert "apply control-plane" not in journal.lines


def test_a_step_that_does_not_become_healthy_fails_with_what_was_seen(place: Place) -> None:
    outcome = runner(place, Written("etcd", Journal(), sick="it follows no leader")).apply()
    assert outcome.failures == ("etcd: it follows no leader",)
    assert any(e.get("state") == "failed" and e["text"] == "it follows no leader" for e in place.heard)


def test_without_a_difference_nothing_is_touched(place: Place) -> None:
    journal = Journal()
    made = runner(place, Written("a", journal))
    made.apply()
    journal.lines.clear()
    assert made.apply().changed == ()
    assert journal.lines == []


def test_a_check_says_what_would_change_and_changes_nothing(place: Place) -> None:
    journal = Journal()
    found = runner(place, Written("a", journal)).check()
    assert [difference.step for difference in found] == ["a"]
    assert journal.lines == []


def test_a_full_disk_is_a_failure_of_its_step_and_not_of_the_agent(place: Place, tmp_path: Path) -> None:
    class Full(Written):
        def apply(self) -> None:
            raise OSError(28, "No space left on device", str(tmp_path))

    outcome = runner(place, Full("programs", Journal())).apply()
    assert "No space left on device" in outcome.failures[0]


@pytest.mark.parametrize("state", ["differs", "applying", "verifying", "done"])
def test_progress_is_reported_while_it_happens(place: Place, state: str) -> None:
    runner(place, Written("a", Journal())).apply()
    assert state in [event["state"] for event in place.heard]
