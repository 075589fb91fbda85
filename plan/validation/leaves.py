"""Every single value of the settings, with its path and the kind of path that all entries of a list share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from plan.settings.cluster import Settings
from plan.settings.model import Model


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """`kind` has no indexes: `nodes[].sshPort` for `nodes[1].sshPort`."""

    kind: str
    at: str
    value: object


def leaves(settings: Settings) -> Iterator[Leaf]:
    """All values that could be read, defaults included; null has no leaf."""
    return _inside(settings, "", "")


def _inside(model: Model, kind: str, at: str) -> Iterator[Leaf]:
    for name, field in type(model).model_fields.items():
        if name in model.__dict__:
            key = field.alias or name
            yield from _value(model.__dict__[name], f"{kind}.{key}".lstrip("."), f"{at}.{key}".lstrip("."))


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
