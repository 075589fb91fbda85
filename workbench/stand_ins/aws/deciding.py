"""A Terraform plan as the engine's change: which properties differ, and whether the resource is replaced."""

from collections.abc import Collection, Iterable

from provider.protocol import messages
from provider.protocol.messages import Change
from provider.protocol.values import Properties
from workbench.stand_ins.aws.autonames import taken
from workbench.stand_ins.aws.comparison import Difference, differences
from workbench.stand_ins.aws.diagnostics import Path
from workbench.stand_ins.aws.operations import Plan
from workbench.stand_ins.aws.shape import ResourceType, Shape


def decision(kind: ResourceType, plan: Plan, inputs: Properties) -> Change:
    """The response to a diff."""
    found = differences(kind.shape, old=plan.prior, new=plan.planned.value, config=plan.config)
    # Recomputed values are a consequence of the program's changes, and would hide them.
    shown = [each for each in found if not each.computed] or found
    replacing = [each for each in shown if _replaces(each, plan.replacing)]
    tops = [top_level(kind.shape, each.path) for each in replacing]
    name = taken(kind.name, inputs)
    return Change(
        paths={each.property: _how(each) for each in shown},
        replacing=[each.property for each in replacing],
        replace_keys=_each_once(tops),
        # A fixed name is taken until the old resource is gone.
        delete_first=bool(tops) and name is not None and name not in tops,
        from_inputs=False,
    )


def top_level(shape: Shape, path: Path) -> str:
    """The Pulumi property that a Terraform path points into, or an empty text."""
    field = shape.fields.get(str(path[0])) if path else None
    return field.pulumi if field else ""


def _replaces(difference: Difference, paths: Collection[Path]) -> bool:
    return any(_within(difference.path, path) for path in paths)


def _within(one: Path, other: Path) -> bool:
    """Whether one path contains the other."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _how(difference: Difference) -> messages.Difference:
    if difference.old is None:
        return messages.Difference.ADDED
    return messages.Difference.REMOVED if difference.new is None else messages.Difference.CHANGED


def _each_once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
