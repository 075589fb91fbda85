"""Cases as the messages that the engine sends."""

from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

from tests.policy.stacks import Case, Entry, Secret, Unknown

SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def urn(case: Case, entry: Entry) -> str:
    return f"urn:pulumi:{case.stack}::quorate::{entry.type}::{entry.name}"


def plain(value: Any) -> Any:
    """The wire form of a value."""
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, Secret):
        return {SIGNATURE: SECRET, "value": plain(value.value)}
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, list) else value


def struct(values: dict[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(plain(values), struct_pb2.Struct())


def single(case: Case, entry: Entry) -> pb.AnalyzeRequest:
    """What the engine asks before it creates the resource."""
    return pb.AnalyzeRequest(
        type=entry.type,
        name=entry.name,
        urn=urn(case, entry),
        properties=struct(entry.properties),
        options=pb.AnalyzerResourceOptions(protect=entry.protect),
    )


def whole(case: Case) -> pb.AnalyzeStackRequest:
    """What the engine asks at the end."""
    urns = {entry.key: urn(case, entry) for entry in case.entries}
    if len(set(urns.values())) != len(urns):
        raise AssertionError(f"{case.name}: two resources share a URN")
    return pb.AnalyzeStackRequest(
        resources=[
            pb.AnalyzerResource(
                type=entry.type,
                name=entry.name,
                urn=urns[entry.key],
                properties=struct(entry.properties),
                parent=urns.get(entry.parent, ""),
                options=pb.AnalyzerResourceOptions(protect=entry.protect),
                dependencies=sorted({urns[key] for keys in entry.sources.values() for key in keys}),
                propertyDependencies={
                    name: pb.AnalyzerPropertyDependencies(urns=[urns[key] for key in keys])
                    for name, keys in entry.sources.items()
                },
            )
            for entry in case.entries
        ]
    )
