"""Reads what `pulumi preview --save-plan` wrote: what `up --plan` will do, and no more."""

import json
from collections.abc import Mapping
from typing import cast

from operations.review.change import Changes
from operations.review.preview import KINDS, OTHERS, Json
from operations.stack import OperationFailed


def operations(text: str, *, source: str) -> Mapping[str, frozenset[str]]:
    """Operations by URN, without those that change nothing. Raises `OperationFailed` when it is no plan."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise OperationFailed(f"{source} is not JSON ({error}); make it with `pulumi preview --save-plan`") from None
    resources = found.get("resourcePlans") if isinstance(found, dict) else None
    if not isinstance(resources, dict):
        raise OperationFailed(f"{source} is no saved plan: it must have `resourcePlans`")
    return {urn: _does(cast("Json", plan)) for urn, plan in resources.items()}


def check_same(changes: Changes, plan: Mapping[str, frozenset[str]], *, source: str) -> None:
    """Raises `OperationFailed` when the plan would do something else than what was reviewed."""
    reviewed = {change.urn: str(change.kind) for change in changes.all}
    for urn in sorted(reviewed.keys() | plan.keys()):
        wanted = {str(KINDS[op]) for op in plan.get(urn, frozenset())} or {"same"}
        if reviewed.get(urn, "same") not in wanted:
            name = urn.rsplit("::", 1)[-1]
            raise OperationFailed(
                f"{source} is not the plan of the reviewed preview: for {name} it says {' and '.join(sorted(wanted))}, "
                f"the preview says {reviewed.get(urn, 'nothing')}; make both with one `pulumi preview`"
            )


def _does(plan: Json) -> frozenset[str]:
    steps = plan.get("steps")
    return frozenset(str(op) for op in (steps if isinstance(steps, list) else [])) - OTHERS
