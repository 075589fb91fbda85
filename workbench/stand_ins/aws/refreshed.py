"""The inputs after a refresh or an import."""

from collections.abc import Mapping

from provider.protocol.values import Properties, Value
from workbench.stand_ins.aws.comparison import canonical
from workbench.stand_ins.aws.conversion import properties
from workbench.stand_ins.aws.shape import ResourceType

_COMPUTED_TOO = frozenset({"id", "tagsAll"})


def inputs(kind: ResourceType, old: Properties, *, before: Value, now: Value) -> Properties:
    """The old inputs, with the current values of drifted ones; for an import, all settable ones."""
    if not isinstance(now, Mapping):
        return old
    found = properties(kind.shape, now)
    if not old:
        return {name: value for name, value in found.items() if _settable(kind, name, value)}
    was = before if isinstance(before, Mapping) else {}
    drifted = {
        name: found.get(name)
        for name, field in kind.by_pulumi.items()
        if name in old and canonical(field.shape, was.get(field.name)) != canonical(field.shape, now.get(field.name))
    }
    return {**old, **drifted}


def _settable(kind: ResourceType, name: str, value: Value) -> bool:
    field = kind.by_pulumi[name]
    return (field.required or field.optional) and name not in _COMPUTED_TOO and value not in ("", [], {})
