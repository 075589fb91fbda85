"""Shapes: the form of one type in Terraform and in Pulumi."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """Terraform's type constraints. A DYNAMIC value carries its own type."""

    STRING = "string"
    NUMBER = "number"
    BOOL = "bool"
    DYNAMIC = "dynamic"
    LIST = "list"
    SET = "set"
    MAP = "map"
    OBJECT = "object"


REPEATED = frozenset({Kind.LIST, Kind.SET})


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A scalar, a list, set or map of `of`, or an object of `fields` by their Terraform names."""

    kind: Kind
    of: "Shape | None" = None
    fields: "Mapping[str, Field]" = field(default_factory=dict)
    scalar: type = str  # the Pulumi SDK's type of a scalar

    @property
    def element(self) -> "Shape":
        """The shape of each element. Raises TypeError for a shape without elements."""
        if self.of is None:
            message = f"a {self.kind} has no elements"
            raise TypeError(message)
        return self.of

    @property
    def repeated(self) -> bool:
        """Whether values are lists on the wire."""
        return self.kind in REPEATED

    @cached_property
    def by_pulumi(self) -> "Mapping[str, Field]":
        """The fields by their Pulumi names."""
        return {each.pulumi: each for each in self.fields.values()}


@dataclass(frozen=True, kw_only=True)
class Field:
    """One attribute or nested block."""

    name: str  # Terraform's
    pulumi: str
    shape: Shape
    flat: bool = False  # a list of at most one, which Pulumi shows as the element itself
    block: bool = False
    required: bool = False
    optional: bool = False
    computed: bool = False
    sensitive: bool = False


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """A resource or data source under both names."""

    token: str  # Pulumi's
    name: str  # Terraform's
    version: int  # of its schema
    shape: Shape
    properties: frozenset[str]  # properties that exist in the SDK

    @property
    def by_pulumi(self) -> Mapping[str, Field]:
        """The fields by their Pulumi names."""
        return self.shape.by_pulumi
