"""Settings of which some parts cannot be read: the rest can still be checked, so that one report has all problems."""

from collections.abc import Mapping, Sequence
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, TypeVar, Union, cast, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from plan.loading.json_text import as_json
from plan.settings.cluster import Settings
from plan.settings.model import Model

M = TypeVar("M", bound=Model)


def partly_read(mapping: Mapping[str, object]) -> Settings:
    """Settings without the fields that cannot be read; reading one of those raises `Unread`.

    A list of hosts keeps its length: a host that cannot be read stays in it, without the wrong field.
    """
    return _model(Settings, mapping)


def _model(kind: type[M], given: Mapping[str, object]) -> M:
    found: dict[str, object] = {}
    for name, field in kind.model_fields.items():
        key = field.alias or name
        if key in given:
            found.update(_field(kind, name, given[key]))
        elif not field.is_required():
            found[name] = field.get_default(call_default_factory=True)
    # model_construct would fill in the defaults of unread fields, and a check would judge an invented value.
    written = {name for name, field in kind.model_fields.items() if (field.alias or name) in given}
    model = kind.model_construct(written, **found)
    for name in kind.model_fields.keys() - found.keys():
        model.__dict__.pop(name, None)
    return model


def _field(kind: type[Model], name: str, value: object) -> dict[str, object]:
    """The field under its name, or nothing if it cannot be read."""
    one, many = _kinds(kind.model_fields[name].annotation)
    if one is not None and isinstance(value, Mapping):
        return {name: _model(one, value)}
    if many is not None and isinstance(value, Sequence) and all(isinstance(v, Mapping) for v in value):
        return {name: tuple(_model(many, v) for v in value if isinstance(v, Mapping))}
    try:
        return {name: _adapter(kind, name).validate_json(as_json(value), strict=True)}
    except ValidationError:
        return {}


@cache
def _adapter(kind: type[Model], name: str) -> TypeAdapter[object]:
    field = kind.model_fields[name]
    return TypeAdapter(cast("type[object]", Annotated[field.annotation, "a field", *field.metadata]))


def _kinds(annotation: object) -> tuple[type[Model] | None, type[Model] | None]:
    """The model of a section or of a list's elements; None for everything else."""
    arguments = [a for a in get_args(annotation) if a is not NoneType and a is not Ellipsis]
    inner = arguments[0] if len(arguments) == 1 else None
    if get_origin(annotation) in (Union, UnionType):
        return _as_model(inner), None
    if get_origin(annotation) is tuple:
        return None, _as_model(inner)
    return _as_model(annotation), None


def _as_model(kind: object) -> type[Model] | None:
    return kind if isinstance(kind, type) and issubclass(kind, Model) else None
