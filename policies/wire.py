"""From the engine's messages to resources (pulumi's wire format of property values)."""

import re
from collections.abc import Iterable

from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

from policies.properties import UNKNOWN, Properties, Value
from policies.resources import Resource

# Pulumi's deployment protocol ("Property values"): a mapping with this key is not data, but one of the kinds below.
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 -- a public constant of the protocol
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
REDACTED = "[secret]"  # what `pulumi policy analyze --file` puts where it cannot decrypt
UNKNOWNS = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a flag
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # a text
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # a list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # an asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # an archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # a mapping
    }
)

# pulumi-aws up to version 6 shows a digest instead of these.
DIGESTED = frozenset({"userData", "userDataBase64"})
_DIGEST = re.compile(r"[0-9a-f]{40}")


def fill(outputs: struct_pb2.Struct, inputs: struct_pb2.Struct) -> None:
    """Use the program's input while an output is not known: in a preview it is the value to come.

    If a resource's provider is not configured yet (the cluster of its objects does not exist), no output is known; and
    a provider calls a whole list unknown if one of its items is, although its length is known.
    """
    nothing = not outputs.fields
    for name, value in inputs.fields.items():
        planned = outputs.fields[name].string_value if name in outputs.fields else ""
        if nothing or planned in UNKNOWNS or (name in DIGESTED and _DIGEST.fullmatch(planned)):
            outputs.fields[name].CopyFrom(value)


class Decoding:
    """Decodes one resource's properties and remembers which paths were secret."""

    def __init__(self) -> None:
        self.secrets: set[str] = set()

    def mapping(self, struct: struct_pb2.Struct, path: str = "") -> dict[str, Value]:
        """A mapping of plain values."""
        return {
            name: self.value(value, f"{path}.{name}" if path else name) for name, value in sorted(struct.fields.items())
        }

    def value(self, value: struct_pb2.Value, path: str) -> Value:
        """One plain value; secrets are unwrapped and remembered."""
        kind = value.WhichOneof("kind")
        if kind == "string_value":
            return self._text(value.string_value, path)
        if kind == "struct_value":
            return self._struct(value.struct_value, path)
        if kind == "list_value":
            return [self.value(item, f"{path}[{n}]") for n, item in enumerate(value.list_value.values)]
        if kind == "number_value":
            return int(value.number_value) if value.number_value.is_integer() else value.number_value
        return value.bool_value if kind == "bool_value" else None

    def _text(self, text: str, path: str) -> Value:
        if text == REDACTED:
            self.secrets.add(path)
            return UNKNOWN
        return UNKNOWN if text in UNKNOWNS else text

    def _struct(self, struct: struct_pb2.Struct, path: str) -> Value:
        if SIGNATURE not in struct.fields:
            return self.mapping(struct, path)
        return self._special(struct, struct.fields[SIGNATURE].string_value, path)

    def _special(self, struct: struct_pb2.Struct, signature: str, path: str) -> Value:
        if signature == SECRET:
            self.secrets.add(path)
            return self.value(struct.fields["value"], path)
        if signature == OUTPUT:
            if "secret" in struct.fields and struct.fields["secret"].bool_value:
                self.secrets.add(path)
            return self.value(struct.fields["value"], path) if "value" in struct.fields else UNKNOWN
        # Assets, archives and references to resources carry texts at most; as a mapping they can still be looked into.
        rest = {name: value for name, value in struct.fields.items() if name != SIGNATURE}
        return {name: self.value(value, f"{path}.{name}") for name, value in sorted(rest.items())}


def properties(struct: struct_pb2.Struct, urn: str) -> Properties:
    """Properties of the resource with this URN."""
    decoding = Decoding()
    values = decoding.mapping(struct)
    return Properties(values=values, urn=urn, secrets=frozenset(decoding.secrets))


def resource(message: pb.AnalyzeRequest) -> Resource:
    """One resource before it is created; the engine sends its dependencies only with the whole stack."""
    return Resource(
        type=message.type,
        name=message.name,
        urn=message.urn,
        properties=properties(message.properties, message.urn),
        parent=message.options.parent,
        protect=message.options.protect,
        provider=_provider(message),
    )


def _provider(message: pb.AnalyzeRequest | pb.AnalyzerResource) -> Properties | None:
    provider = message.provider
    return properties(provider.properties, provider.urn) if message.HasField("provider") else None


def _resource_of_stack(message: pb.AnalyzerResource) -> Resource:
    return Resource(
        type=message.type,
        name=message.name,
        urn=message.urn,
        properties=properties(message.properties, message.urn),
        parent=message.parent or message.options.parent,
        protect=message.options.protect,
        depends=frozenset(message.dependencies),
        property_depends={name: frozenset(on.urns) for name, on in message.propertyDependencies.items()},
        provider=_provider(message),
        with_outputs=True,
    )


def resources(messages: Iterable[pb.AnalyzerResource]) -> tuple[Resource, ...]:
    """Every resource of a stack, in the engine's order."""
    return tuple(_resource_of_stack(message) for message in messages)
