"""Reads the policy packs' findings of the same preview from the engine's event log."""

import json
from dataclasses import dataclass

from operations.environment import OperationFailed


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding. `policy` is the rule's id; `mandatory`: whether it blocks the update."""

    policy: str
    text: str
    mandatory: bool


def findings(log: str, *, source: str) -> tuple[Finding, ...]:
    """Every finding, mandatory ones first. `log`: one JSON event per line. Raises `OperationFailed`."""
    found = set()
    for number, line in enumerate(log.splitlines(), 1):
        try:
            event = json.loads(line) if line.strip() else {}
        except ValueError as error:
            raise OperationFailed(f"{source}, line {number}, is not JSON ({error}); `make review` writes it") from None
        if policy := event.get("policyEvent"):
            found.add(
                Finding(
                    policy=str(policy.get("policyName")),
                    text=_first_lines(str(policy.get("message"))),
                    mandatory=policy.get("enforcementLevel") != "advisory",
                )
            )
    return tuple(sorted(found, key=lambda one: (not one.mandatory, one.policy, one.text)))


def _first_lines(message: str) -> str:
    """What was found and where; the pack's documentation has the reason and the fix."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    said = [line for line in lines if line.startswith(("what:", "where:"))]
    return "; ".join(line.partition(":")[2].strip() for line in said) or (lines[0] if lines else "")
