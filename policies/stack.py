"""All resources of a stack. Views (views/) are functions of it that are computed once."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property, wraps
from typing import TypeVar

from policies.properties import Undecidable
from policies.resources import Resource

Result = TypeVar("Result")


class Stack:
    """Resources in the order of their URNs: the engine's own order differs from run to run.

    In a RESOURCE rule it holds one resource only.
    """

    def __init__(self, resources: tuple[Resource, ...], *, tags: Mapping[str, str] | None = None) -> None:
        self.resources = sorted(resources, key=lambda resource: resource.urn)
        self.tags = tags or {}
        self.computed: dict[object, object] = {}  # results of the views, by view

    @cached_property
    def _by_type(self) -> Mapping[str, list[Resource]]:
        found: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            found[resource.type].append(resource)
        return found

    @cached_property
    def _by_urn(self) -> Mapping[str, Resource]:
        return {resource.urn: resource for resource in self.resources}

    def of(self, *types: str) -> list[Resource]:
        """Every resource of these types."""
        return [resource for type_ in types for resource in self._by_type.get(type_, ())]

    def at(self, urn: str) -> Resource | None:
        """The resource with this URN."""
        return self._by_urn.get(urn)

    def sources(self, resource: Resource, name: str, *types: str) -> list[Resource]:
        """The resources of these types (of any type, if none is given) that a property refers to."""
        found = (self._by_urn[urn] for urn in sorted(resource.sources(name)) if urn in self._by_urn)
        return [source for source in found if not types or source.type in types]


def view(make: Callable[[Stack], Result]) -> Callable[[Stack], Result]:
    """Make a function of the stack that runs once for each stack, whichever rule calls it first.

    A view raises `Undecidable` if it needs a value that is not known; every later caller gets the same error.
    """

    @wraps(make)
    def computed(stack: Stack) -> Result:
        if make not in stack.computed:
            try:
                stack.computed[make] = make(stack)
            except Undecidable as missing:
                stack.computed[make] = missing
        found = stack.computed[make]
        if isinstance(found, Undecidable):
            raise found
        return found  # type: ignore[return-value]  # stored under its own function

    return computed
