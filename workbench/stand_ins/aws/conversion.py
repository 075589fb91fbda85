"""Values between Pulumi's form and Terraform's, by their shape."""

import json
from collections.abc import Mapping, Sequence

from provider.protocol.values import SIGNATURE, UNKNOWN, Properties, Value
from workbench.stand_ins.aws.shape import Kind, Shape

_ASSET = "c44067f5952c0a294b673a41bacd8c17"
_BOOLEANS = {"true": True, "false": False}


class BadInput(Exception):
    """A value that does not fit its type. `path` is Pulumi's; the reason never shows the value."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def nothing(shape: Shape) -> Properties:
    """An object without attributes; an absent repeated block is an empty list."""
    return {each.name: [] if each.block and each.shape.repeated else None for each in shape.fields.values()}


def to_terraform(shape: Shape, value: Value, path: str = "") -> Value:
    """A Pulumi value in Terraform's form. Raises `BadInput`."""
    if value is None or value == UNKNOWN:
        return value
    match shape.kind:
        case Kind.OBJECT:
            return _object(shape, value, path)
        case Kind.LIST | Kind.SET:
            if not isinstance(value, list):
                raise BadInput(path, f"must be a list, not {_named(value)}")
            return [to_terraform(shape.element, each, f"{path}[{index}]") for index, each in enumerate(value)]
        case Kind.MAP:
            if not isinstance(value, Mapping):
                raise BadInput(path, f"must be a map, not {_named(value)}")
            return {key: to_terraform(shape.element, each, f"{path}[{json.dumps(key)}]") for key, each in value.items()}
    return _scalar(shape, value, path)


def to_pulumi(shape: Shape, value: Value) -> Value:
    """A Terraform value in Pulumi's form; missing attributes are left out."""
    if value is None or value == UNKNOWN:
        return value
    if isinstance(value, Mapping):
        if shape.kind is Kind.MAP:
            return {key: to_pulumi(shape.element, each) for key, each in value.items()}
        return properties(shape, value)
    if isinstance(value, list):
        return [to_pulumi(shape.element, each) for each in value]
    if isinstance(value, str) and shape.scalar is not str and value:
        return _BOOLEANS[value] if shape.scalar is bool else float(value) if "." in value else int(value)
    return value


def properties(shape: Shape, value: Mapping[str, Value]) -> Properties:
    """An object's attributes under their Pulumi names."""
    found: Properties = {}
    for field in shape.fields.values():
        item = value.get(field.name)
        if item is None or field.name == "timeouts":
            continue
        item = to_pulumi(field.shape, item)
        if field.flat and isinstance(item, list):
            if not item:
                continue
            item = item[0]
        found[field.pulumi] = item
    return found


def _object(shape: Shape, value: Value, path: str) -> Properties:
    if not isinstance(value, Mapping):
        raise BadInput(path, f"must be an object, not {_named(value)}")
    result = nothing(shape)
    for name, item in value.items():
        if name.startswith("__"):
            continue
        here = f"{path}.{name}" if path else name
        if name not in shape.by_pulumi:
            raise BadInput(here, "the Terraform provider has no such property")
        field = shape.by_pulumi[name]
        if field.flat and item is not None and item != UNKNOWN:
            result[field.name] = [to_terraform(field.shape.element, item, here)]
        elif item is not None or not field.block:
            result[field.name] = to_terraform(field.shape, item, here)
    return result


def _scalar(shape: Shape, value: Value, path: str) -> Value:
    converted: Value = value
    try:
        match shape.kind:
            case Kind.STRING:
                converted = _text(value)
            case Kind.NUMBER if isinstance(value, str):
                converted = float(value) if "." in value else int(value)
            case Kind.BOOL if isinstance(value, str):
                converted = _BOOLEANS[value]
    except (KeyError, ValueError):
        raise BadInput(path, f"must be a {shape.kind}, but this text is not one") from None
    fitting = {Kind.STRING: str, Kind.NUMBER: int | float, Kind.BOOL: bool, Kind.DYNAMIC: object}[shape.kind]
    if not isinstance(converted, fitting):
        raise BadInput(path, f"must be a {shape.kind}, not {_named(value)}")
    return converted


def _text(value: Value) -> Value:
    """Text of a scalar; the path of a file asset; JSON of what the SDK lets a program write as a mapping."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping) and value.get(SIGNATURE) == _ASSET:
        return value.get("path")
    if isinstance(value, Mapping | list):
        return json.dumps(value)
    return str(value)


def _named(value: Value) -> str:
    if isinstance(value, Mapping):
        return "an object"
    return "a list" if isinstance(value, Sequence) and not isinstance(value, str) else f"a {type(value).__name__}"
