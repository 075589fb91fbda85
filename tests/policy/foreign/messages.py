"""What a foreign program registers, as the messages that the engine sends to a pack."""

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

from policies.properties import Properties, Unknown, Value
from policies.resources import Resource
from tests.policy.messages import SECRET, SIGNATURE, UNKNOWN


def whole(resources: tuple[Resource, ...]) -> pb.AnalyzeStackRequest:
    """The stack at the end of a preview."""
    return pb.AnalyzeStackRequest(resources=[message(resource) for resource in resources])


def message(resource: Resource) -> pb.AnalyzerResource:
    """One resource with what it is made of."""
    return pb.AnalyzerResource(
        type=resource.type,
        name=resource.name,
        urn=resource.urn,
        parent=resource.parent,
        properties=struct(resource.properties),
        options=pb.AnalyzerResourceOptions(protect=resource.protect),
        provider=provider(resource),
        dependencies=sorted(resource.depends),
        propertyDependencies={
            name: pb.AnalyzerPropertyDependencies(urns=sorted(urns)) for name, urns in resource.property_depends.items()
        },
    )


def provider(resource: Resource) -> pb.AnalyzerProviderResource | None:
    """The explicit provider of a resource."""
    if resource.provider is None:
        return None
    urn = resource.provider.urn
    name, type_ = urn.rpartition("::")[2], urn.split("::")[2].rpartition("$")[2]
    return pb.AnalyzerProviderResource(type=type_, urn=urn, name=name, properties=struct(resource.provider))


def struct(given: Properties) -> struct_pb2.Struct:
    """Properties in the wire form, secrets and unknowns included."""

    def plain(value: Value, path: str) -> object:
        if path in given.secrets:
            return {SIGNATURE: SECRET, "value": inside(value, path)}
        return inside(value, path)

    def inside(value: Value, path: str) -> object:
        if isinstance(value, Unknown):
            return UNKNOWN
        if isinstance(value, dict):
            return {name: plain(item, f"{path}.{name}" if path else name) for name, item in value.items()}
        return [plain(v, f"{path}[{n}]") for n, v in enumerate(value)] if isinstance(value, list) else value

    values = {name: plain(value, name) for name, value in given.values.items()}
    return json_format.ParseDict(values, struct_pb2.Struct())
