"""The gRPC side of the provider: messages in, messages out, errors as the engine wants them.

The SDK's own server (pulumi.provider.experimental) cannot keep the state of an operation that failed half-way, hands no
old inputs to diff and delete, has no line to the engine's log, and puts a traceback into every message.
"""
# ruff: noqa: N802, D102, ARG002 -- names and parameters of the methods are those of provider.proto

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as pb

from provider.kinds import Kinds
from provider.protocol.answer import Change, Difference, Incomplete, Refused
from provider.protocol.log import EngineLog, Progress
from provider.protocol.messages import Question
from provider.protocol.unfinished import abort_unfinished
from provider.protocol.values import decode, encode

VERSION = "0.1.0"
Context = grpc.ServicerContext


class Service(provider_pb2_grpc.ResourceProviderServicer):
    """Method names and messages are Pulumi's (provider.proto). `cancel` ends what runs at the moment."""

    def __init__(self, kinds: Kinds, *, log: EngineLog, cancel: Callable[[], None]) -> None:
        self._kinds = kinds
        self._log = log
        self._cancel = cancel

    def Handshake(self, request: pb.ProviderHandshakeRequest, context: Context) -> pb.ProviderHandshakeResponse:
        self._log.connect(request.engine_address)
        return pb.ProviderHandshakeResponse()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: Context) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(self, request: pb.GetSchemaRequest, context: Context) -> pb.GetSchemaResponse:
        return pb.GetSchemaResponse(schema='{"name": "quorate", "version": "%s"}' % VERSION)  # noqa: UP031 -- braces

    def Attach(self, request: plugin_pb2.PluginAttach, context: Context) -> empty_pb2.Empty:
        self._log.connect(request.address)
        return empty_pb2.Empty()

    def Cancel(self, request: empty_pb2.Empty, context: Context) -> empty_pb2.Empty:
        self._cancel()
        return empty_pb2.Empty()

    def CheckConfig(self, request: pb.CheckRequest, context: Context) -> pb.CheckResponse:
        return pb.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: pb.DiffRequest, context: Context) -> pb.DiffResponse:
        return pb.DiffResponse(changes=pb.DiffResponse.DIFF_NONE)

    def Configure(self, request: pb.ConfigureRequest, context: Context) -> pb.ConfigureResponse:
        # Without acceptSecrets the engine marks in our answers whatever was secret in its question, at any depth.
        return pb.ConfigureResponse(supportsPreview=True)

    def Check(self, request: pb.CheckRequest, context: Context) -> pb.CheckResponse:
        with self._answering(context):
            question = self._question(request.urn, inputs=decode(request.news), old_inputs=decode(request.olds))
            checked = self._kinds.of(question.token).check(question)
            failures = [pb.CheckFailure(reason=problem) for problem in checked.problems]
            return pb.CheckResponse(inputs=encode(checked.inputs), failures=failures)

    def Diff(self, request: pb.DiffRequest, context: Context) -> pb.DiffResponse:
        with self._answering(context):
            question = self._question(
                request.urn,
                id=request.id,
                inputs=decode(request.news),
                old_inputs=decode(request.old_inputs),
                state=decode(request.olds),
            )
            return _diff(self._kinds.of(question.token).diff(question))

    def Create(self, request: pb.CreateRequest, context: Context) -> pb.CreateResponse:
        with self._answering(context):
            question = self._question(
                request.urn, inputs=decode(request.properties), preview=request.preview, seconds=request.timeout
            )
            identity, state = self._kinds.of(question.token).create(question)
            return pb.CreateResponse(id=identity, properties=encode(state))

    def Update(self, request: pb.UpdateRequest, context: Context) -> pb.UpdateResponse:
        with self._answering(context):
            question = self._question(
                request.urn,
                id=request.id,
                inputs=decode(request.news),
                old_inputs=decode(request.old_inputs),
                state=decode(request.olds),
                preview=request.preview,
                seconds=request.timeout,
            )
            return pb.UpdateResponse(properties=encode(self._kinds.of(question.token).update(question)))

    def Read(self, request: pb.ReadRequest, context: Context) -> pb.ReadResponse:
        with self._answering(context):
            question = self._question(
                request.urn, id=request.id, inputs=decode(request.inputs), state=decode(request.properties)
            )
            if not question.state:
                raise Refused("it cannot be imported: what it should be is known only to the program that plans it")
            state = self._kinds.of(question.token).read(question)
            if state is None:
                return pb.ReadResponse()
            return pb.ReadResponse(id=request.id, inputs=request.inputs, properties=encode(state))

    def Delete(self, request: pb.DeleteRequest, context: Context) -> empty_pb2.Empty:
        with self._answering(context):
            question = self._question(
                request.urn,
                id=request.id,
                old_inputs=decode(request.old_inputs),
                state=decode(request.properties),
                seconds=request.timeout,
            )
            self._kinds.of(question.token).delete(question)
            return empty_pb2.Empty()

    def _question(self, urn: str, **parts: object) -> Question:
        return Question(urn=urn, progress=Progress(self._log, urn), **parts)  # type: ignore[arg-type]

    @contextmanager
    def _answering(self, context: Context) -> Iterator[None]:
        try:
            yield
        except Refused as refused:
            context.abort(grpc.StatusCode.UNKNOWN, str(refused))
        except Incomplete as incomplete:
            abort_unfinished(context, [str(incomplete)], identity=incomplete.id, state=incomplete.state)
        except Exception as error:  # noqa: BLE001 -- gRPC would answer "Exception calling application" without a place
            # The place without the values: an error's own text may repeat an input, and an input may be a key.
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{type(error).__name__} in {last.name}, line {last.lineno} of {last.filename}"
            context.abort(grpc.StatusCode.INTERNAL, f"a defect of the quorate provider: {place}")


def _diff(change: Change) -> pb.DiffResponse:
    kinds = {
        Difference.ADDED: (pb.PropertyDiff.ADD, pb.PropertyDiff.ADD_REPLACE),
        Difference.CHANGED: (pb.PropertyDiff.UPDATE, pb.PropertyDiff.UPDATE_REPLACE),
        Difference.REMOVED: (pb.PropertyDiff.DELETE, pb.PropertyDiff.DELETE_REPLACE),
        Difference.OUTSIDE: (pb.PropertyDiff.UPDATE, pb.PropertyDiff.UPDATE_REPLACE),
    }
    return pb.DiffResponse(
        changes=pb.DiffResponse.DIFF_SOME if change.paths else pb.DiffResponse.DIFF_NONE,
        diffs=sorted({path.split(".")[0].split("[")[0] for path in change.paths}),
        replaces=list(change.replacing),
        deleteBeforeReplace=bool(change.replacing),
        hasDetailedDiff=True,
        detailedDiff={
            path: pb.PropertyDiff(kind=kinds[how][path in change.replacing], inputDiff=how is not Difference.OUTSIDE)
            for path, how in change.paths.items()
        },
    )
