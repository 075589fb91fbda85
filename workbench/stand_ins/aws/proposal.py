"""The state that Terraform's core proposes to a provider: the configured values, and those computed earlier."""

from collections.abc import Mapping, Sequence

from provider.protocol.values import Properties, Value
from workbench.stand_ins.aws.comparison import canonical
from workbench.stand_ins.aws.conversion import nothing
from workbench.stand_ins.aws.shape import Field, Kind, Shape


def proposed(shape: Shape, prior: Value, config: Value) -> Value:
    """`config` with the computed attributes of `prior` that it leaves open."""
    if not isinstance(config, Mapping):
        return config
    before = prior if isinstance(prior, Mapping) else nothing(shape)
    result: Properties = {}
    for field in shape.fields.values():
        old, new = before.get(field.name), config.get(field.name)
        if field.block:
            result[field.name] = _block(field, old, new)
        else:
            result[field.name] = old if new is None and field.computed else new
    return result


def _block(field: Field, old: Value, new: Value) -> Value:
    if field.shape.kind is Kind.OBJECT:
        return proposed(field.shape, old, new)
    if not isinstance(new, list):
        return new
    olds = old if isinstance(old, list) else []
    inner = field.shape.element
    if field.shape.kind is Kind.LIST:
        return [proposed(inner, olds[index] if index < len(olds) else None, each) for index, each in enumerate(new)]
    return [proposed(inner, _twin(inner, olds, each), each) for each in new]


def _twin(shape: Shape, olds: Sequence[Value], config: Value) -> Value:
    """The prior element of a set that differs from the configured one only in computed attributes."""
    wanted = canonical(shape, config)
    return next((old for old in olds if _matches(shape, canonical(shape, old), wanted)), None)


def _matches(shape: Shape, old: Value, config: Value) -> bool:
    if shape.kind is not Kind.OBJECT or not isinstance(old, Mapping) or not isinstance(config, Mapping):
        return old == config
    return all(
        (config[field.name] is None and field.computed) or old[field.name] == config[field.name]
        for field in shape.fields.values()
    )
