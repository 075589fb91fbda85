"""Repairs what keeps this node from the cluster's lock, before the lock is taken."""

from collections.abc import Sequence

from agent.model.difference import Difference
from agent.model.failure import Failed
from agent.model.json_reading import Malformed
from agent.model.step import Step

FAILURES = (Failed, Malformed, OSError)  # what a step may raise


def cure(steps: Sequence[Step], found: Sequence[Difference]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Names of the differing steps that repaired something, and by name the reasons of those that failed."""
    differing = {difference.step for difference in found}
    cured: list[str] = []
    reasons: dict[str, str] = {}
    for step in steps:
        try:
            if step.name in differing and step.cure():
                cured.append(step.name)
        except FAILURES as error:
            reasons[step.name] = str(error)
    return tuple(cured), reasons
