"""Asking the stand-in through its real gRPC service, as the engine does, but without an engine."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import grpc
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc

from provider.protocol.service import Service
from provider.protocol.values import SIGNATURE, Properties, Value, decode, encode
from workbench.stand_ins.tls.plugin import Tls
from workbench.stand_ins.tls.schema import token


@dataclass(frozen=True)
class Made:
    """A resource that exists: what it was made from and what the engine keeps."""

    kind: str
    id: str
    inputs: Properties
    wire: struct_pb2.Struct

    @property
    def state(self) -> Properties:
        return decode(self.wire)

    @property
    def secrets(self) -> set[str]:
        """Names of the properties that the engine is told to encrypt."""
        raw: Mapping[str, Value] = json_format.MessageToDict(self.wire)
        return {name for name, value in raw.items() if isinstance(value, Mapping) and SIGNATURE in value}


class Asked:
    """The stand-in as the engine sees it."""

    def __init__(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        self.stub = stub

    def check(self, kind: str, inputs: Properties) -> list[str]:
        """Problems as the engine would print them: it adds the value of each property that is named."""
        answer = self.stub.Check(pb.CheckRequest(urn=urn(kind), news=encode(inputs)))
        return [f"{each.reason} {inputs.get(each.property, '')}".strip() for each in answer.failures]

    def create(self, kind: str, inputs: Properties, *, preview: bool = False) -> Made:
        request = pb.CreateRequest(urn=urn(kind), properties=encode(inputs), preview=preview)
        answer = self.stub.Create(request)
        return Made(kind, answer.id, inputs, answer.properties)

    def diff(self, made: Made, inputs: Properties) -> pb.DiffResponse:
        request = pb.DiffRequest(
            urn=urn(made.kind), id=made.id, olds=made.wire, old_inputs=encode(made.inputs), news=encode(inputs)
        )
        answer: pb.DiffResponse = self.stub.Diff(request)
        return answer

    def update(self, made: Made, inputs: Properties) -> Made:
        request = pb.UpdateRequest(
            urn=urn(made.kind), id=made.id, olds=made.wire, old_inputs=encode(made.inputs), news=encode(inputs)
        )
        return Made(made.kind, made.id, inputs, self.stub.Update(request).properties)

    def read(self, made: Made) -> Made:
        request = pb.ReadRequest(urn=urn(made.kind), id=made.id, inputs=encode(made.inputs), properties=made.wire)
        answer = self.stub.Read(request)
        return Made(made.kind, answer.id, decode(answer.inputs), answer.properties)

    def delete(self, made: Made) -> None:
        request = pb.DeleteRequest(urn=urn(made.kind), id=made.id, properties=made.wire, old_inputs=encode(made.inputs))
        self.stub.Delete(request)


def urn(kind: str) -> str:
    type_token = token(kind) if ":" not in kind else kind
    return f"urn:pulumi:stack::project::parent:index:Component${type_token}::name"


@contextmanager
def asking() -> Iterator[Asked]:
    server = grpc.server(ThreadPoolExecutor(max_workers=2))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Service(Tls()), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield Asked(provider_pb2_grpc.ResourceProviderStub(channel))
    finally:
        server.stop(None)
