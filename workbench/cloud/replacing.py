"""Replaces a method of moto by one that gets the original."""

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import signature
from typing import TypeVar

Result = TypeVar("Result")


def instead_of(owner: type, name: str) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Decorates the replacement of `owner.name` in this process: it gets the original, then the call's arguments."""
    original: Callable[..., Result] = getattr(owner, name)

    def replace(new: Callable[..., Result]) -> Callable[..., Result]:
        @wraps(original)
        def method(*given: object, **named: object) -> Result:
            return new(original, *given, **named)

        setattr(owner, name, method)
        return new

    return replace


def arguments(original: Callable[..., object], *given: object, **named: object) -> Mapping[str, object]:
    """The arguments of `original` by name: moto itself calls some of its methods by position."""
    return signature(original).bind(*given, **named).arguments
