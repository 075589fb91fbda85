"""Values on the wire of the plugin protocol: cty values in msgpack. Unknown values are UNKNOWN on our side."""

from collections.abc import Mapping, Sequence

import msgpack

from provider.protocol.values import UNKNOWN, Value
from workbench.stand_ins.aws.protocol import tfplugin5_pb2 as pb

# The extension types of cty's msgpack form: an unknown value, and one with partial information (a "refinement").
_UNKNOWN_TYPE, _REFINED_TYPE = 0, 12
_UNKNOWN_MARK = msgpack.ExtType(_UNKNOWN_TYPE, b"\0")


def pack(value: Value) -> pb.DynamicValue:
    """The message for a value."""
    return pb.DynamicValue(msgpack=msgpack.packb(_marked(value)))


def unpack(message: pb.DynamicValue) -> Value:
    """The value of a message, or None for an empty one."""
    if not message.msgpack:
        return None
    value: Value = msgpack.unpackb(message.msgpack, ext_hook=_extension, strict_map_key=False)
    return value


def _marked(value: Value) -> object:
    if isinstance(value, str):
        return _UNKNOWN_MARK if value == UNKNOWN else value
    if isinstance(value, Mapping):
        return {name: _marked(each) for name, each in value.items()}
    if isinstance(value, Sequence):
        return [_marked(each) for each in value]
    return value


def _extension(code: int, _data: bytes) -> str:
    if code in (_UNKNOWN_TYPE, _REFINED_TYPE):
        return UNKNOWN
    message = f"the Terraform provider sent a value of msgpack extension type {code}, which cty does not have"
    raise ValueError(message)
