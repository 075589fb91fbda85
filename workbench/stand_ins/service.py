"""The gRPC side of a provider: messages in, messages out, errors as the engine wants them."""
# ruff: noqa: N802, D102, ARG002 -- names and parameters of the methods are those of provider.proto

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as pb

from provider.protocol.log import EngineLog, Progress
from provider.protocol.unfinished import abort_unfinished
from provider.protocol.values import Properties, decode, encode
from workbench.stand_ins.resource import Change, Provider, Refused, Resource, Unfinished

Context = grpc.ServicerContext


class Service(provider_pb2_grpc.ResourceProviderServicer):
    """Serves one provider. Method names and messages are Pulumi's (provider.proto)."""

    def __init__(self, provider: Provider, *, log: EngineLog | None = None) -> None:
        self.provider = provider
        self._log = log or EngineLog("")

    @contextmanager
    def _answering(self, context: Context) -> Iterator[None]:
        try:
            yield
        except Refused as refused:
            context.abort(grpc.StatusCode.UNKNOWN, str(refused))
        except Unfinished as unfinished:
            abort_unfinished(context, unfinished.reasons, identity=unfinished.id, state=unfinished.state)
        except Exception as error:  # noqa: BLE001 -- gRPC would answer "Exception calling application" without a place
            # The place without the values: an error's own text may repeat an input, and an input may be a key.
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{type(error).__name__} in {last.name}, line {last.lineno} of {last.filename}"
            context.abort(grpc.StatusCode.INTERNAL, f"{self.provider.name} stand-in: {place}")

    def _resource(
        self,
        urn: str,
        *,
        id: str = "",  # noqa: A002 -- the engine's word
        inputs: Properties | None = None,
        old_inputs: Properties | None = None,
        state: Properties | None = None,
        preview: bool = False,
        seconds: float = 0.0,
    ) -> Resource:
        token = urn.split("::")[2].rsplit("$", 1)[-1]
        if token not in self.provider.types:
            raise Refused(self._absent(token))
        return Resource(
            kind=token.rsplit(":", 1)[-1],
            id=id,
            inputs=inputs or {},
            old_inputs=old_inputs or {},
            state=state or {},
            preview=preview,
            seconds=seconds,
            progress=Progress(self._log, urn),
        )

    def _absent(self, token: str) -> str:
        return (
            f"the {self.provider.name} stand-in implements {', '.join(sorted(self.provider.types))} and not {token};"
            f" install the official plugin {self.provider.name} {self.provider.version} to use it"
        )

    def Handshake(self, request: pb.ProviderHandshakeRequest, context: Context) -> pb.ProviderHandshakeResponse:
        self._log.connect(request.engine_address)
        return pb.ProviderHandshakeResponse()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: Context) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self.provider.version)

    def GetSchema(self, request: pb.GetSchemaRequest, context: Context) -> pb.GetSchemaResponse:
        return pb.GetSchemaResponse(schema="{}")

    def Attach(self, request: plugin_pb2.PluginAttach, context: Context) -> empty_pb2.Empty:
        self._log.connect(request.address)
        return empty_pb2.Empty()

    def Cancel(self, request: empty_pb2.Empty, context: Context) -> empty_pb2.Empty:
        self.provider.cancel()
        return empty_pb2.Empty()

    def CheckConfig(self, request: pb.CheckRequest, context: Context) -> pb.CheckResponse:
        return pb.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: pb.DiffRequest, context: Context) -> pb.DiffResponse:
        with self._answering(context):
            return _diff(self.provider.diff_settings(decode(request.old_inputs), decode(request.news)))

    def Configure(self, request: pb.ConfigureRequest, context: Context) -> pb.ConfigureResponse:
        with self._answering(context):
            self.provider.configure(decode(request.args))
            # Without acceptSecrets the engine marks in our answers whatever was secret in its question, at any depth.
            return pb.ConfigureResponse(supportsPreview=True)

    def Check(self, request: pb.CheckRequest, context: Context) -> pb.CheckResponse:
        with self._answering(context):
            resource = self._resource(request.urn, inputs=decode(request.news), old_inputs=decode(request.olds))
            # Without a property: the engine would print the value of one that is named, and it may be a key that
            # the user has put in the wrong place.
            failures = [pb.CheckFailure(reason=problem) for problem in self.provider.check(resource)]
            return pb.CheckResponse(inputs=request.news, failures=failures)

    def Diff(self, request: pb.DiffRequest, context: Context) -> pb.DiffResponse:
        with self._answering(context):
            resource = self._resource(
                request.urn,
                id=request.id,
                inputs=decode(request.news),
                old_inputs=decode(request.old_inputs),
                state=decode(request.olds),
            )
            return _diff(self.provider.diff(resource))

    def Create(self, request: pb.CreateRequest, context: Context) -> pb.CreateResponse:
        with self._answering(context):
            inputs = decode(request.properties)
            resource = self._resource(request.urn, inputs=inputs, preview=request.preview, seconds=request.timeout)
            identity, state = self.provider.create(resource)
            return pb.CreateResponse(id=identity, properties=encode(state))

    def Update(self, request: pb.UpdateRequest, context: Context) -> pb.UpdateResponse:
        with self._answering(context):
            resource = self._resource(
                request.urn,
                id=request.id,
                inputs=decode(request.news),
                old_inputs=decode(request.old_inputs),
                state=decode(request.olds),
                preview=request.preview,
                seconds=request.timeout,
            )
            return pb.UpdateResponse(properties=encode(self.provider.update(resource)))

    def Read(self, request: pb.ReadRequest, context: Context) -> pb.ReadResponse:
        with self._answering(context):
            resource = self._resource(
                request.urn, id=request.id, inputs=decode(request.inputs), state=decode(request.properties)
            )
            found = self.provider.read(resource)
            if found is None:
                return pb.ReadResponse()
            return pb.ReadResponse(id=request.id, inputs=encode(found.inputs), properties=encode(found.state))

    def Delete(self, request: pb.DeleteRequest, context: Context) -> empty_pb2.Empty:
        with self._answering(context):
            resource = self._resource(
                request.urn,
                id=request.id,
                old_inputs=decode(request.old_inputs),
                state=decode(request.properties),
                seconds=request.timeout,
            )
            self.provider.delete(resource)
            return empty_pb2.Empty()

    def Invoke(self, request: pb.InvokeRequest, context: Context) -> pb.InvokeResponse:
        with self._answering(context):
            raise Refused(self._absent(request.tok))

    def Construct(self, request: pb.ConstructRequest, context: Context) -> pb.ConstructResponse:
        """Components that a plugin builds, such as Helm charts."""
        with self._answering(context):
            raise Refused(self._absent(request.type))


def _diff(change: Change) -> pb.DiffResponse:
    kinds = pb.PropertyDiff
    return pb.DiffResponse(
        changes=pb.DiffResponse.DIFF_SOME if change.properties else pb.DiffResponse.DIFF_NONE,
        diffs=sorted({path.split(".")[0].split("[")[0] for path in change.properties}),
        replaces=change.replacing,
        deleteBeforeReplace=change.delete_first and bool(change.replacing),
        hasDetailedDiff=True,
        detailedDiff={
            name: kinds(kind=kinds.UPDATE_REPLACE if name in change.replacing else kinds.UPDATE, inputDiff=True)
            for name in change.properties
        },
    )
