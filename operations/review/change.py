"""One resource of a preview: its state before and after, and what differs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from policies.resources import Resource
from policies.stack import Stack


class Kind(StrEnum):
    """What happens to a resource."""

    ADDED = "added"
    REMOVED = "removed"
    REPLACED = "replaced"
    UPDATED = "updated"
    SAME = "same"


@dataclass(frozen=True, kw_only=True)
class Change:
    """`paths` are the properties that differ, in the provider's notation (`files["/etc/x"].content`), empty if it names
    none; `because`: those that force a replacement. `due`: when the current certificate expires, if outputs say so."""

    urn: str
    kind: Kind
    before: Resource | None
    after: Resource | None
    paths: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    due: str = ""

    @property
    def resource(self) -> Resource:
        """The resource after the change, or before it if it is deleted."""
        found = self.after or self.before
        if found is None:
            raise ValueError(f"{self.urn} exists neither before nor after")
        return found

    @property
    def type(self) -> str:
        """Pulumi type token."""
        return self.resource.type

    @property
    def name(self) -> str:
        """Name in the program."""
        return self.resource.name

    @property
    def goes(self) -> bool:
        """Whether the current resource is deleted, with or without a replacement."""
        return self.kind in (Kind.REMOVED, Kind.REPLACED)


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Every resource of one preview. `blind`: what the source does not contain; `errors`: why the preview failed."""

    stack: str
    all: tuple[Change, ...]
    errors: tuple[str, ...] = ()
    blind: tuple[str, ...] = ()
    by_urn: dict[str, Change] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_urn", {change.urn: change for change in self.all})

    def of(self, *types: str) -> tuple[Change, ...]:
        """Changes of resources of these types, by name."""
        return tuple(sorted((c for c in self.all if c.type in types), key=lambda c: c.name))

    @property
    def before(self) -> Stack:
        """The stack before the change."""
        return Stack(_resources(change.before for change in self.all))

    @property
    def after(self) -> Stack:
        """The stack after the change."""
        return Stack(_resources(change.after for change in self.all))


def _resources(found: Iterable[Resource | None]) -> tuple[Resource, ...]:
    # The engine's order differs between runs; the report's order must not.
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.urn))
