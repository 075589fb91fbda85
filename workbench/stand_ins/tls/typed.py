"""Reads inputs that passed `check`, with the types of the SDK."""

from collections.abc import Mapping, Sequence

from provider.protocol.values import Properties, Value


def text(properties: Properties, name: str) -> str:
    """A required text."""
    value = properties[name]
    if not isinstance(value, str):
        raise TypeError(name)
    return value


def number(properties: Properties, name: str) -> int:
    """A required whole number."""
    value = properties[name]
    if not isinstance(value, int):
        raise TypeError(name)
    return value


def texts(value: Value) -> list[str]:
    """The texts of a list, or of a single text; nothing for None."""
    if isinstance(value, str):
        return [value] if value else []
    return [each for each in value if isinstance(each, str)] if isinstance(value, Sequence) else []


def mapping(value: Value) -> Mapping[str, Value]:
    """A mapping; an empty one for None."""
    return value if isinstance(value, Mapping) else {}
