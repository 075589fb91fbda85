"""Converts a recorded run of the program into the engine's requests to a policy pack (analyzer.proto)."""

from collections.abc import Sequence
from dataclasses import dataclass

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

from provider.protocol.values import SECRET, SIGNATURE
from workbench.mocks.recorder import Recorded, Value


@dataclass(frozen=True, kw_only=True)
class Stack:
    """The registrations of a preview. `name` is for the table of results."""

    name: str
    resources: Sequence[Recorded]


def single(resource: Recorded) -> pb.AnalyzeRequest:
    """The request before a resource is created."""
    return pb.AnalyzeRequest(
        type=resource.type,
        name=resource.name,
        urn=resource.urn,
        properties=_properties(resource),
        options=pb.AnalyzerResourceOptions(protect=resource.protect),
    )


def whole(stack: Stack) -> pb.AnalyzeStackRequest:
    """The request after the last registration."""
    return pb.AnalyzeStackRequest(
        resources=[
            pb.AnalyzerResource(
                type=each.type,
                name=each.name,
                urn=each.urn,
                properties=_properties(each),
                parent=each.parent,
                options=pb.AnalyzerResourceOptions(protect=each.protect),
                dependencies=each.dependencies,
            )
            for each in stack.resources
        ]
    )


def _properties(resource: Recorded) -> struct_pb2.Struct:
    hidden = {path.partition(".")[0].partition("[")[0] for path in resource.secrets}
    marked: dict[str, Value] = {
        name: {SIGNATURE: SECRET, "value": value} if name in hidden else value
        for name, value in resource.inputs.items()
    }
    return json_format.ParseDict(marked, struct_pb2.Struct())
