"""What a plan means for the engine: which properties change, and whether the resource is replaced."""

from collections.abc import Collection, Iterable

from pulumi.runtime.proto import provider_pb2 as pb

from provider.protocol.values import Properties
from workbench.stand_ins.aws.autonames import taken
from workbench.stand_ins.aws.comparison import Difference, differences
from workbench.stand_ins.aws.diagnostics import Path
from workbench.stand_ins.aws.operations import Plan
from workbench.stand_ins.aws.shape import ResourceType, Shape

Kinds = pb.PropertyDiff


def decision(kind: ResourceType, plan: Plan, inputs: Properties) -> pb.DiffResponse:
    """The answer to a Diff."""
    found = differences(kind.shape, old=plan.prior, new=plan.planned.value, config=plan.config)
    # What the provider computes anew follows from what the program changed, and would hide it.
    shown = [each for each in found if not each.computed] or found
    replacing = [each for each in shown if _replaces(each, plan.replacing)]
    tops = [top_level(kind.shape, each.path) for each in replacing]
    name = taken(kind.name, inputs)
    return pb.DiffResponse(
        changes=pb.DiffResponse.DIFF_SOME if found else pb.DiffResponse.DIFF_NONE,
        diffs=_each_once(top_level(kind.shape, each.path) for each in shown),
        replaces=_each_once(tops),
        # A fixed name is taken until the old resource is gone.
        deleteBeforeReplace=bool(tops) and name is not None and name not in tops,
        hasDetailedDiff=True,
        detailedDiff={each.property: Kinds(kind=_change(each, replaces=each in replacing)) for each in shown},
    )


def top_level(shape: Shape, path: Path) -> str:
    """The Pulumi property that a Terraform path points into; empty if it points nowhere."""
    field = shape.fields.get(str(path[0])) if path else None
    return field.pulumi if field else ""


def _replaces(difference: Difference, paths: Collection[Path]) -> bool:
    return any(_within(difference.path, path) for path in paths)


def _within(one: Path, other: Path) -> bool:
    """Whether one path leads to the other, or through it."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _change(difference: Difference, *, replaces: bool) -> "pb.PropertyDiff.Kind.ValueType":
    if difference.old is None:
        return Kinds.ADD_REPLACE if replaces else Kinds.ADD
    if difference.new is None:
        return Kinds.DELETE_REPLACE if replaces else Kinds.DELETE
    return Kinds.UPDATE_REPLACE if replaces else Kinds.UPDATE


def _each_once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
