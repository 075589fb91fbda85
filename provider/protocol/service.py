"""The gRPC side of a provider: requests and responses become messages, exceptions become the engine's errors.

The SDK's own server (pulumi.provider.experimental) cannot keep the state of an operation that failed half-way, passes
no old inputs to diff and delete, does not connect to the engine's log, and puts a traceback into every message.
"""
# ruff: noqa: N802, D102, ARG002 -- names and parameters of the methods are those of provider.proto

import json
from collections.abc import Callable, Mapping
from typing import ClassVar

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as pb

from provider.protocol.differences import diff_response
from provider.protocol.errors import answering
from provider.protocol.log import EngineLog, Progress
from provider.protocol.marks import marked
from provider.protocol.messages import Refused, Request
from provider.protocol.provider import Provider
from provider.protocol.values import Value, decode, encode

Context = grpc.ServicerContext


class Service(provider_pb2_grpc.ResourceProviderServicer):
    """Serves one provider. Method names and messages are Pulumi's (provider.proto)."""

    # Without it, the engine marks in a response whatever was secret in its request, at any depth. The engine demands it
    # of a plugin that builds components.
    accepts_secrets: ClassVar[bool] = False

    def __init__(self, provider: Provider, *, log: EngineLog | None = None) -> None:
        self.provider = provider
        self.log = log or EngineLog("")

    def Handshake(self, request: pb.ProviderHandshakeRequest, context: Context) -> pb.ProviderHandshakeResponse:
        self.log.connect(request.engine_address)
        return pb.ProviderHandshakeResponse(
            accept_secrets=self.accepts_secrets, supports_autonaming_configuration=self.provider.names_resources
        )

    def GetPluginInfo(self, request: empty_pb2.Empty, context: Context) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self.provider.version)

    def GetSchema(self, request: pb.GetSchemaRequest, context: Context) -> pb.GetSchemaResponse:
        schema = {"name": self.provider.name, "version": self.provider.version}
        return pb.GetSchemaResponse(schema=json.dumps(schema))

    def Attach(self, request: plugin_pb2.PluginAttach, context: Context) -> empty_pb2.Empty:
        self.log.connect(request.address)
        return empty_pb2.Empty()

    def Cancel(self, request: empty_pb2.Empty, context: Context) -> empty_pb2.Empty:
        self.provider.cancel()
        return empty_pb2.Empty()

    def CheckConfig(self, request: pb.CheckRequest, context: Context) -> pb.CheckResponse:
        return pb.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: pb.DiffRequest, context: Context) -> pb.DiffResponse:
        with answering(self.provider, context):
            return diff_response(self.provider.diff_settings(decode(request.old_inputs), decode(request.news)))

    def Configure(self, request: pb.ConfigureRequest, context: Context) -> pb.ConfigureResponse:
        with answering(self.provider, context):
            self.provider.configure(decode(request.args), Progress(self.log, ""))
            return pb.ConfigureResponse(
                acceptSecrets=self.accepts_secrets,
                supportsPreview=True,
                supports_autonaming_configuration=self.provider.names_resources,
            )

    def Check(self, request: pb.CheckRequest, context: Context) -> pb.CheckResponse:
        with answering(self.provider, context):
            naming = request.autonaming if request.HasField("autonaming") else None
            proposes = naming is None or naming.mode == pb.CheckRequest.AutonamingOptions.PROPOSE
            checked = self.provider.check(
                self._request(
                    request.urn,
                    inputs=decode(request.news),
                    old_inputs=decode(request.olds),
                    seed=request.randomSeed,
                    proposed_name=None if naming is None or proposes else naming.proposed_name,
                )
            )
            failures = [pb.CheckFailure(reason=problem) for problem in checked.problems]
            return pb.CheckResponse(inputs=self._encoder(request.news)(checked.inputs), failures=failures)

    def Diff(self, request: pb.DiffRequest, context: Context) -> pb.DiffResponse:
        with answering(self.provider, context):
            about = self._request(
                request.urn,
                id=request.id,
                inputs=decode(request.news),
                old_inputs=decode(request.old_inputs),
                state=decode(request.olds),
            )
            return diff_response(self.provider.diff(about))

    def Create(self, request: pb.CreateRequest, context: Context) -> pb.CreateResponse:
        encoded = self._encoder(request.properties)
        with answering(self.provider, context, encoded):
            about = self._request(
                request.urn, inputs=decode(request.properties), preview=request.preview, seconds=request.timeout
            )
            identity, state = self.provider.create(about)
            return pb.CreateResponse(id=identity, properties=encoded(state))

    def Update(self, request: pb.UpdateRequest, context: Context) -> pb.UpdateResponse:
        encoded = self._encoder(request.news)
        with answering(self.provider, context, encoded):
            about = self._request(
                request.urn,
                id=request.id,
                inputs=decode(request.news),
                old_inputs=decode(request.old_inputs),
                state=decode(request.olds),
                preview=request.preview,
                seconds=request.timeout,
            )
            return pb.UpdateResponse(properties=encoded(self.provider.update(about)))

    def Read(self, request: pb.ReadRequest, context: Context) -> pb.ReadResponse:
        encoded = self._encoder(request.properties)
        with answering(self.provider, context, encoded):
            about = self._request(
                request.urn, id=request.id, inputs=decode(request.inputs), state=decode(request.properties)
            )
            found = self.provider.read(about)
            if found is None:
                return pb.ReadResponse()
            return pb.ReadResponse(
                id=request.id if found.id is None else found.id,
                inputs=request.inputs if found.inputs is None else self._encoder(request.inputs)(found.inputs),
                properties=encoded(found.state),
            )

    def Delete(self, request: pb.DeleteRequest, context: Context) -> empty_pb2.Empty:
        with answering(self.provider, context, self._encoder(request.properties)):
            about = self._request(
                request.urn,
                id=request.id,
                old_inputs=decode(request.old_inputs),
                state=decode(request.properties),
                seconds=request.timeout,
            )
            self.provider.delete(about)
            return empty_pb2.Empty()

    def Invoke(self, request: pb.InvokeRequest, context: Context) -> pb.InvokeResponse:
        with answering(self.provider, context):
            result = self.provider.invoke(request.tok, decode(request.args), Progress(self.log, ""))
            # The field's name is a Python keyword, so neither the stubs nor a keyword argument can use it.
            return pb.InvokeResponse(**{"return": encode(result)})  # type: ignore[arg-type]

    def Construct(self, request: pb.ConstructRequest, context: Context) -> pb.ConstructResponse:
        """Components that a plugin builds, such as Helm charts."""
        with answering(self.provider, context):
            self.provider.require(request.type)
            raise Refused(f"the {self.provider.title} has no component {request.type}")

    def _encoder(self, given: struct_pb2.Struct) -> Callable[[Mapping[str, Value]], struct_pb2.Struct]:
        def encoded(properties: Mapping[str, Value]) -> struct_pb2.Struct:
            found = encode(properties)
            return marked(found, given) if self.accepts_secrets else found

        return encoded

    def _request(self, urn: str, **parts: object) -> Request:
        request = Request(urn=urn, progress=Progress(self.log, urn), **parts)  # type: ignore[arg-type]  # as above
        self.provider.require(request.token)
        return request
