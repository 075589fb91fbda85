"""Reads a plan from `pulumi preview --save-plan`: the operations to which `up --plan` is limited."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import cast

from operations.environment import OperationFailed
from operations.review.change import Changes
from operations.review.preview import KINDS, OTHERS, Json, of_steps

# The engine creates these by itself, and no preview lists them.
_DEFAULT_PROVIDER = re.compile(r"::pulumi:providers:[^:]+::default(_[0-9_]+)?$")
BLIND = "a plan does not say why a resource is replaced: review the preview itself to see the reason"


def operations(text: str, *, source: str) -> Mapping[str, frozenset[str]]:
    """Operations by URN; ignores `same` and reads. Raises `OperationFailed` if it is not a plan."""
    return {urn: _does(plan) for urn, plan in _resources(text, source).items()}


def check_same(changes: Changes, plan: Mapping[str, frozenset[str]], *, source: str) -> None:
    """Raises `OperationFailed` if the plan differs from the reviewed changes."""
    reviewed = {change.urn: str(change.kind) for change in changes.all}
    for urn in sorted(reviewed.keys() | plan.keys()):
        wanted = {str(KINDS[op]) for op in plan.get(urn, frozenset())} or {"same"}
        if reviewed.get(urn, "same") not in wanted:
            name = urn.rsplit("::", 1)[-1]
            raise OperationFailed(
                f"{source} is not the plan of the reviewed preview: for {name} it has {' and '.join(sorted(wanted))}, "
                f"the preview has {reviewed.get(urn, 'nothing')}; create both with one `pulumi preview`"
            )


def changes(text: str, state: str, *, source: str) -> Changes:
    """The changes of a plan without its preview, based on the state that it was made from (`pulumi stack export`).

    A plan holds only what differs; the rest of each resource is in the state. Raises `OperationFailed`.
    """
    resources = _resources(text, source)
    exported = json.loads(state)["deployment"].get("resources") or []
    before = {str(one["urn"]): cast("Json", one) for one in exported if not one.get("delete")}
    return of_steps(_steps(resources, before), blind=(BLIND,))


def _steps(resources: Mapping[str, Json], before: Mapping[str, Json]) -> Iterable[Json]:
    for urn, plan in resources.items():
        old, goal = before.get(urn), _mapping(plan.get("goal"))
        state: Json = {}
        if goal:
            inputs, differs = dict(_mapping((old or {}).get("inputs"))), _mapping(goal.get("inputDiff"))
            inputs |= {**_mapping(differs.get("adds")), **_mapping(differs.get("updates"))}
            gone = differs.get("deletes")
            for name in gone if isinstance(gone, list) else ():
                inputs.pop(str(name), None)
            state = {**goal, "inputs": inputs}
        for op in _does(plan) or {"same"}:
            yield {"op": op, "urn": urn, "oldState": old or {}, "newState": state}


def _resources(text: str, source: str) -> Mapping[str, Json]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise OperationFailed(f"{source} is not JSON ({error}); make it with `pulumi preview --save-plan`") from None
    resources = found.get("resourcePlans") if isinstance(found, dict) else None
    if not isinstance(resources, dict):
        raise OperationFailed(f"{source} is not a saved plan: it must have `resourcePlans`")
    return {urn: cast("Json", plan) for urn, plan in resources.items() if not _DEFAULT_PROVIDER.search(urn)}


def _does(plan: Json) -> frozenset[str]:
    steps = plan.get("steps")
    return frozenset(str(op) for op in (steps if isinstance(steps, list) else [])) - OTHERS - {"same"}


def _mapping(value: object) -> Json:
    return value if isinstance(value, dict) else {}
