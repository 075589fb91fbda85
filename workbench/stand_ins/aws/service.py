"""The gRPC side of the plugin: the engine's messages in, its answers out."""
# ruff: noqa: N802, D102, ARG002 -- names and parameters of the methods are those of provider.proto

import json
from collections.abc import Mapping

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as pb

from provider.protocol.values import Properties, Value, decode, encode
from workbench.stand_ins.aws import autonames, configuration, records, refreshed
from workbench.stand_ins.aws.answers import Answering, Context, half_done
from workbench.stand_ins.aws.autonames import Naming
from workbench.stand_ins.aws.catalog import Catalog
from workbench.stand_ins.aws.conversion import BadInput
from workbench.stand_ins.aws.deciding import decision, top_level
from workbench.stand_ins.aws.diagnostics import Problem, errors, plain, text, warnings
from workbench.stand_ins.aws.operations import Operations, Plan, checked
from workbench.stand_ins.aws.process import TerraformProvider
from workbench.stand_ins.aws.records import META, Record
from workbench.stand_ins.aws.schemas import schemas
from workbench.stand_ins.aws.shape import ResourceType

NOTHING = Record(value=None)


class Service(provider_pb2_grpc.ResourceProviderServicer):
    """Serves the types of one Terraform provider. Method names and messages are Pulumi's (provider.proto)."""

    def __init__(self, terraform: TerraformProvider, answering: Answering, *, version: str) -> None:
        self.answering = answering
        self.version = version
        self.catalog = Catalog(schemas(terraform))
        self.operations = Operations(terraform, configuration.region({}))

    def Handshake(self, request: pb.ProviderHandshakeRequest, context: Context) -> pb.ProviderHandshakeResponse:
        return pb.ProviderHandshakeResponse(supports_autonaming_configuration=True)

    def GetPluginInfo(self, request: empty_pb2.Empty, context: Context) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self.version)

    def GetSchema(self, request: pb.GetSchemaRequest, context: Context) -> pb.GetSchemaResponse:
        return pb.GetSchemaResponse(schema=json.dumps({"name": "aws", "version": self.version}))

    def Attach(self, request: plugin_pb2.PluginAttach, context: Context) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def Cancel(self, request: empty_pb2.Empty, context: Context) -> empty_pb2.Empty:
        self.operations.terraform.interrupt()
        return empty_pb2.Empty()

    def CheckConfig(self, request: pb.CheckRequest, context: Context) -> pb.CheckResponse:
        return pb.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: pb.DiffRequest, context: Context) -> pb.DiffResponse:
        some = request.olds != request.news
        return pb.DiffResponse(changes=pb.DiffResponse.DIFF_SOME if some else pb.DiffResponse.DIFF_NONE)

    def Configure(self, request: pb.ConfigureRequest, context: Context) -> pb.ConfigureResponse:
        with self.answering(context):
            terraform, given = self.operations.terraform, decode(request.args)
            self.answering.warn(configuration.configure(terraform, self.catalog.provider(), given))
            self.operations = Operations(terraform, configuration.region(given))
            return pb.ConfigureResponse(
                acceptSecrets=False, supportsPreview=True, supports_autonaming_configuration=True
            )

    def Check(self, request: pb.CheckRequest, context: Context) -> pb.CheckResponse:
        with self.answering(context):
            kind = self.catalog.resource(request.type)
            given = decode(request.news)
            added: Properties = {}
            try:
                added = autonames.name(kind.name, given, _naming(request))
                config = self.operations.config(kind, {**given, **added})
                self.answering.warn(warnings(self.operations.validate(kind, config)), request.urn)
                failures = []
            except BadInput as bad:
                failures = [pb.CheckFailure(property=bad.path, reason=bad.reason)]
            except Problem as problem:
                failures = [
                    pb.CheckFailure(property=top_level(kind.shape, plain(each.attribute)), reason=text(each))
                    for each in problem.diagnostics
                ]
            # As they came: what is secret among them stays marked so.
            inputs = struct_pb2.Struct(fields={**request.news.fields, **encode(added).fields})
            return pb.CheckResponse(inputs=inputs, failures=failures)

    def Diff(self, request: pb.DiffRequest, context: Context) -> pb.DiffResponse:
        with self.answering(context):
            kind = self.catalog.resource(request.type)
            inputs = decode(request.news)
            return decision(kind, self._plan(kind, decode(request.olds), inputs), inputs)

    def Create(self, request: pb.CreateRequest, context: Context) -> pb.CreateResponse:
        with self.answering(context):
            kind = self.catalog.resource(request.type)
            config = self.operations.config(kind, decode(request.properties), {"create": request.timeout})
            plan = self.operations.plan(kind, NOTHING, config)
            if request.preview:
                return pb.CreateResponse(properties=self._outputs(kind, plan.planned))
            record = self._apply(kind, plan, request.urn, request.properties, context)
            return pb.CreateResponse(id=_identity(record.value), properties=self._outputs(kind, record))

    def Update(self, request: pb.UpdateRequest, context: Context) -> pb.UpdateResponse:
        with self.answering(context):
            kind = self.catalog.resource(request.type)
            timeouts = {"update": request.timeout}
            plan = self._plan(kind, decode(request.olds), decode(request.news), timeouts)
            if request.preview:
                return pb.UpdateResponse(properties=self._outputs(kind, plan.planned))
            record = self._apply(kind, plan, request.urn, request.news, context)
            return pb.UpdateResponse(properties=self._outputs(kind, record))

    def Delete(self, request: pb.DeleteRequest, context: Context) -> empty_pb2.Empty:
        with self.answering(context):
            kind = self.catalog.resource(request.type)
            record = self._record(kind, decode(request.properties))
            gone = Plan(config=None, prior=record.value, planned=Record(value=None, private=record.private))
            applied = checked(self.operations.apply(kind, gone))
            self.answering.warn(warnings(applied.diagnostics), request.urn)
            return empty_pb2.Empty()

    def Read(self, request: pb.ReadRequest, context: Context) -> pb.ReadResponse:
        with self.answering(context):
            kind = self.catalog.resource(request.type)
            old = decode(request.properties)
            before = self._record(kind, old) if META in old else self.operations.found(kind, request.id)
            read = self.operations.read(kind, before)
            self.answering.warn(warnings(read.diagnostics), request.urn)
            if read.record.value is None:
                return pb.ReadResponse()
            given = decode(request.inputs)
            inputs = refreshed.inputs(kind, given, before=before.value, now=read.record.value)
            kept = {name: request.inputs.fields[name] for name in given if inputs.get(name) == given[name]}
            return pb.ReadResponse(
                id=_identity(read.record.value),
                properties=self._outputs(kind, read.record),
                inputs=struct_pb2.Struct(fields={**encode(inputs).fields, **kept}),
            )

    def Invoke(self, request: pb.InvokeRequest, context: Context) -> pb.InvokeResponse:
        with self.answering(context):
            kind = self.catalog.data_source(request.tok)
            try:
                value, diagnostics = self.operations.look_up(kind, self.operations.config(kind, decode(request.args)))
            except BadInput as bad:
                return pb.InvokeResponse(failures=[pb.CheckFailure(property=bad.path, reason=bad.reason)])
            self.answering.warn(warnings(diagnostics))
            found = records.result(kind, value, region=self.operations.region)
            # A word of Python, which neither the stubs nor a keyword argument can name.
            return pb.InvokeResponse(**{"return": encode(found)})  # type: ignore[arg-type]

    def _record(self, kind: ResourceType, outputs: Properties) -> Record:
        return self.operations.upgraded(kind, records.from_pulumi(kind, outputs))

    def _plan(
        self, kind: ResourceType, outputs: Properties, inputs: Properties, timeouts: Mapping[str, float] | None = None
    ) -> Plan:
        config = self.operations.config(kind, inputs, timeouts)
        return self.operations.plan(kind, self._record(kind, outputs), config)

    def _outputs(self, kind: ResourceType, record: Record) -> struct_pb2.Struct:
        return encode(records.to_pulumi(kind, record, region=self.operations.region))

    def _apply(self, kind: ResourceType, plan: Plan, urn: str, inputs: struct_pb2.Struct, context: Context) -> Record:
        applied = self.operations.apply(kind, plan)
        reasons = [text(each) for each in errors(applied.diagnostics)]
        if reasons and _identity(applied.record.value):
            half_done(
                context,
                pb.ErrorResourceInitFailed(
                    id=_identity(applied.record.value),
                    properties=self._outputs(kind, applied.record),
                    reasons=reasons,
                    inputs=inputs,
                ),
            )
        self.answering.warn(warnings(checked(applied).diagnostics), urn)
        return applied.record


def _identity(value: Value) -> str:
    """Terraform's id, which is Pulumi's; nothing if there is none."""
    found = value.get("id") if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else ""


def _naming(request: pb.CheckRequest) -> Naming:
    told = request.autonaming if request.HasField("autonaming") else None
    fixed = told is not None and told.mode != pb.CheckRequest.AutonamingOptions.PROPOSE
    return Naming(
        logical=request.name,
        urn=request.urn,
        seed=request.randomSeed,
        old=decode(request.olds),
        proposed=told.proposed_name if told is not None and fixed else None,
    )
