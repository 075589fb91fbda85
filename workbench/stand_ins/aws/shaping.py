"""Builds shapes: types from the provider's schema; names, flattened lists and scalars from the SDK's annotations."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.stand_ins.aws import annotations
from workbench.stand_ins.aws.annotations import Annotation
from workbench.stand_ins.aws.naming import camel, property_name
from workbench.stand_ins.aws.protocol import tfplugin5_pb2 as pb
from workbench.stand_ins.aws.shape import REPEATED, Field, Kind, Shape

Nesting = pb.Schema.NestedBlock
NESTINGS = {Nesting.LIST: Kind.LIST, Nesting.SET: Kind.SET, Nesting.MAP: Kind.MAP}
NUMBERS = (int, float, bool)
Constraint = str | Sequence["Constraint"] | Mapping[str, "Constraint"]  # cty's JSON form of a type
Properties = Mapping[str, Annotation]


@dataclass(frozen=True)
class Shaping:
    """Builds the shapes below one path of Terraform names."""

    path: str

    def block(self, block: pb.Schema.Block, known: Properties) -> Shape:
        """The object of a block. `known`: the SDK's properties at this path."""
        fields = [self._attribute(each, known) for each in block.attributes]
        fields += [self._nested(each, known) for each in block.block_types]
        return Shape(kind=Kind.OBJECT, fields={each.name: each for each in fields})

    def _attribute(self, attribute: pb.Schema.Attribute, known: Properties) -> Field:
        constraint: Constraint = json.loads(attribute.type)
        place = self._place(attribute.name, known, repeated=_repeated(constraint), flat=False)
        return place.field(
            place.shaping.constrained(constraint, place.annotation),
            required=attribute.required,
            optional=attribute.optional,
            computed=attribute.computed,
            sensitive=attribute.sensitive,
        )

    def _nested(self, nested: pb.Schema.NestedBlock, known: Properties) -> Field:
        kind = NESTINGS.get(nested.nesting)
        place = self._place(nested.type_name, known, repeated=kind in REPEATED, flat=nested.max_items == 1)
        inner = place.shaping.block(nested.block, annotations.of_class(place.annotation))
        return place.field(
            Shape(kind=kind, of=inner) if kind else inner,
            block=True,
            required=nested.min_items > 0,
            optional=nested.min_items == 0,
        )

    def constrained(self, constraint: Constraint, annotation: Annotation) -> Shape:
        """The shape of an attribute's type."""
        match constraint:
            case str(scalar):
                return Shape(kind=Kind(scalar), scalar=next((each for each in NUMBERS if each is annotation), str))
            case ["object", dict(members)]:
                known = annotations.of_class(annotation)
                fields = [self._member(name, inner, known) for name, inner in members.items()]
                return Shape(kind=Kind.OBJECT, fields={each.name: each for each in fields})
            case [str(kind), inner]:
                below = annotations.element(annotation) if kind == Kind.MAP else annotation
                return Shape(kind=Kind(kind), of=self.constrained(inner, below))
        message = f"{self.path}: the schema has the type {constraint!r}, which the adapter does not support"
        raise LookupError(message)

    def _member(self, name: str, constraint: Constraint, known: Properties) -> Field:
        place = self._place(name, known, repeated=_repeated(constraint), flat=False)
        return place.field(place.shaping.constrained(constraint, place.annotation), optional=True)

    def _place(self, name: str, known: Properties, *, repeated: bool, flat: bool) -> "_Place":
        """`flat` is the result of the bridge's rule (a block of at most one); the SDK's annotation overrides it."""
        pulumi = property_name(self.path, name, known)
        annotation = annotations.bare(known[pulumi]) if pulumi else None
        listed = annotations.is_list(annotation)
        flat = repeated and (not listed if pulumi else flat)
        if repeated and not flat and listed:
            annotation = annotations.element(annotation)
        return _Place(name, pulumi or camel(name), flat, annotation, Shaping(f"{self.path}.{name}"))


@dataclass(frozen=True)
class _Place:
    name: str
    pulumi: str
    flat: bool
    annotation: Annotation
    shaping: Shaping

    def field(
        self,
        shape: Shape,
        *,
        block: bool = False,
        required: bool = False,
        optional: bool = False,
        computed: bool = False,
        sensitive: bool = False,
    ) -> Field:
        return Field(
            name=self.name,
            pulumi=self.pulumi,
            flat=self.flat,
            shape=shape,
            block=block,
            required=required,
            optional=optional,
            computed=computed,
            sensitive=sensitive,
        )


def _repeated(constraint: Constraint) -> bool:
    return isinstance(constraint, list) and constraint[0] in REPEATED
