"""Marks of secrets: a plugin that accepts them must return what was secret in a request as a secret."""

from google.protobuf import struct_pb2

from provider.protocol.values import SECRET, SIGNATURE


def marked(found: struct_pb2.Struct, given: struct_pb2.Struct) -> struct_pb2.Struct:
    """`found` with a mark wherever `given` has one, at any depth.

    The engine does the same itself for a plugin that does not accept secrets.
    """
    fields = {
        name: _marked(value, given.fields[name]) if name in given.fields else value
        for name, value in found.fields.items()
    }
    return struct_pb2.Struct(fields=fields)


def _marked(found: struct_pb2.Value, given: struct_pb2.Value) -> struct_pb2.Value:
    if _is_secret(given):
        return found if _is_secret(found) else _secret(found)
    kinds = (found.WhichOneof("kind"), given.WhichOneof("kind"))
    if kinds == ("struct_value", "struct_value") and not _is_secret(found):
        return struct_pb2.Value(struct_value=marked(found.struct_value, given.struct_value))
    if kinds == ("list_value", "list_value"):
        given_values = list(given.list_value.values)
        values = [
            _marked(each, given_values[index]) if index < len(given_values) else each
            for index, each in enumerate(found.list_value.values)
        ]
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=values))
    return found


def _is_secret(value: struct_pb2.Value) -> bool:
    return value.struct_value.fields[SIGNATURE].string_value == SECRET if _has_signature(value) else False


def _has_signature(value: struct_pb2.Value) -> bool:
    return value.WhichOneof("kind") == "struct_value" and SIGNATURE in value.struct_value.fields


def _secret(value: struct_pb2.Value) -> struct_pb2.Value:
    mark = struct_pb2.Value(string_value=SECRET)
    return struct_pb2.Value(struct_value=struct_pb2.Struct(fields={SIGNATURE: mark, "value": value}))
