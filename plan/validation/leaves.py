"""Every single value of the settings, with its path and the path without list indexes."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from plan.settings.cluster import Settings
from plan.settings.model import Model


class Leaf(NamedTuple):
    """`kind` has no indexes: `nodes[].sshPort` for `nodes[1].sshPort`."""

    kind: str
    at: str
    value: object


def leaves(settings: Settings) -> Iterator[Leaf]:
    """All readable values, defaults included; null values are left out."""
    return _inside(settings, "", "")


def _inside(model: Model, kind: str, at: str) -> Iterator[Leaf]:
    values = model.__dict__
    for name, key in _keys(type(model)):
        value = values.get(name)
        if value is not None:
            yield from _value(value, f"{kind}.{key}" if kind else key, f"{at}.{key}" if at else key)


@cache
def _keys(model: type[Model]) -> tuple[tuple[str, str], ...]:
    """Each field's name in Python and in the stack file."""
    return tuple((name, field.alias or name) for name, field in model.model_fields.items())


def _value(value: object, kind: str, at: str) -> Iterator[Leaf]:
    if isinstance(value, Model):
        yield from _inside(value, kind, at)
    elif isinstance(value, tuple):
        for index, one in enumerate(value):
            yield from _value(one, f"{kind}[]", f"{at}[{index}]")
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield Leaf(kind=f"{kind}.KEY", at=f"{at}.{key}", value=str(key))
            yield from _value(one, f"{kind}.VALUE", f"{at}.{key}")
    elif value is not None:
        yield Leaf(kind=kind, at=at, value=value)
