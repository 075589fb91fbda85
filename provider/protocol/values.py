"""Property values as plain Python ones, to and from the engine's form (Pulumi's property value protocol)."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from google.protobuf import struct_pb2

Value: TypeAlias = "bool | int | float | str | Sequence[Value] | Mapping[str, Value] | None"
Properties: TypeAlias = dict[str, Value]

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"  # the engine's text for "not known before the update"
SIGNATURE = "4dabf18193072939515e22adb298388d"  # key that marks a mapping as a special value
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 -- the mark of a secret, not one


def secret(value: Value) -> Value:
    """Mark a value so that the engine encrypts it; unknown and absent values need no mark."""
    return value if value is None or value == UNKNOWN else {SIGNATURE: SECRET, "value": value}


def has_unknown(value: Value) -> bool:
    """Whether anything inside is not known before the update."""
    if isinstance(value, str):
        return value == UNKNOWN
    if isinstance(value, Mapping):
        return any(has_unknown(each) for each in value.values())
    return isinstance(value, Sequence) and any(has_unknown(each) for each in value)


def decode(message: struct_pb2.Struct) -> Properties:
    """Plain values: whole numbers are ints, secrets are unwrapped."""
    return {name: _plain(value) for name, value in message.fields.items()}


def encode(properties: Mapping[str, Value]) -> struct_pb2.Struct:
    """The engine's form of plain values."""
    return struct_pb2.Struct(fields={name: _message(value) for name, value in properties.items()})


def _plain(message: struct_pb2.Value) -> Value:
    value: Value = None
    match message.WhichOneof("kind"):
        case "number_value":
            number = message.number_value
            value = int(number) if number.is_integer() else number
        case "string_value":
            value = message.string_value
        case "bool_value":
            value = message.bool_value
        case "list_value":
            value = [_plain(each) for each in message.list_value.values]
        case "struct_value":
            fields = message.struct_value.fields
            wrapped = SIGNATURE in fields and fields[SIGNATURE].string_value == SECRET
            value = _plain(fields["value"]) if wrapped else decode(message.struct_value)
    return value


def _message(value: Value) -> struct_pb2.Value:
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, Mapping):
        return struct_pb2.Value(struct_value=encode(value))
    return struct_pb2.Value(list_value=struct_pb2.ListValue(values=[_message(each) for each in value]))
