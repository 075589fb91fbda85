"""Compares two states of a resource."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provider.protocol.values import UNKNOWN, Value
from workbench.stand_ins.aws.diagnostics import Path
from workbench.stand_ins.aws.shape import Field, Kind, Shape


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One leaf. `property` is Pulumi's path, `path` Terraform's."""

    property: str
    path: Path
    old: Value
    new: Value
    computed: bool  # computed by the provider, because the program does not set it


def canonical(shape: Shape, value: Value) -> Value:
    """The value with its sets sorted, so that == compares like Terraform."""
    if value is None or value == UNKNOWN:
        return value
    if isinstance(value, Mapping):
        if shape.kind is Kind.MAP:
            return {key: canonical(shape.element, each) for key, each in value.items()}
        return {field.name: canonical(field.shape, value.get(field.name)) for field in shape.fields.values()}
    if isinstance(value, list):
        items = [canonical(shape.element, each) for each in value]
        return sorted(items, key=lambda each: json.dumps(each, sort_keys=True)) if shape.kind is Kind.SET else items
    return value


def differences(shape: Shape, *, old: Value, new: Value, config: Value) -> list[Difference]:
    """The leaves in which two states differ; `config`: the values that the program sets."""
    at = _At(
        old=canonical(shape, old), new=canonical(shape, new), config=canonical(shape, config), property="", path=()
    )
    return list(_compare(shape, at))


@dataclass(frozen=True, kw_only=True)
class _At:
    """The values at one path in both states and in the configuration."""

    old: Value
    new: Value
    config: Value
    property: str
    path: Path
    computed: bool = False

    def below(self, key: str | int, shown: str, *, computed: bool) -> "_At":
        return _At(
            old=_inside(self.old, key),
            new=_inside(self.new, key),
            config=_inside(self.config, key),
            property=shown,
            path=(*self.path, key),
            computed=computed,
        )


def _compare(shape: Shape, at: _At) -> Iterator[Difference]:
    old, new = at.old, at.new
    if old == new:
        return
    if shape.kind is Kind.OBJECT and isinstance(old, Mapping) and isinstance(new, Mapping):
        for field in shape.fields.values():
            yield from _compare_field(field, at)
    elif shape.kind is Kind.LIST and isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            below = at.below(index, f"{at.property}[{index}]", computed=at.computed)
            yield from _compare(shape.element, below)
    elif shape.kind is Kind.MAP and isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            shown = f"{at.property}.{key}" if key.isidentifier() else f"{at.property}[{json.dumps(key)}]"
            yield from _compare(shape.element, at.below(key, shown, computed=at.computed))
    else:
        yield Difference(property=at.property, path=at.path, old=old, new=new, computed=at.computed)


def _compare_field(field: Field, at: _At) -> Iterator[Difference]:
    shown = f"{at.property}.{field.pulumi}" if at.property else field.pulumi
    computed = field.computed and _inside(at.config, field.name) is None
    here = at.below(field.name, shown, computed=computed)
    lists = [each for each in (here.old, here.new) if isinstance(each, list)]
    if field.flat and len(lists) == 2 and max(map(len, lists)) == 1:  # noqa: PLR2004 -- the old and the new one
        yield from _compare(field.shape.element, here.below(0, shown, computed=computed))
    else:
        yield from _compare(field.shape, here)


def _inside(value: Value, key: str | int) -> Value:
    if isinstance(key, int):
        return value[key] if isinstance(value, list) and key < len(value) else None
    return value.get(key) if isinstance(value, Mapping) else None
