"""The provider `aws`: the engine's requests as operations of the Terraform provider."""

from collections.abc import Mapping

from provider.protocol.log import Progress
from provider.protocol.messages import Change, Checked, Found, PartialFailure, Request
from provider.protocol.provider import Provider
from provider.protocol.values import Properties, Value
from workbench.stand_ins.aws import autonames, configuration, records, refreshed
from workbench.stand_ins.aws.autonames import Naming
from workbench.stand_ins.aws.catalog import Catalog
from workbench.stand_ins.aws.configuration import Unknown
from workbench.stand_ins.aws.conversion import BadInput
from workbench.stand_ins.aws.deciding import decision, top_level
from workbench.stand_ins.aws.diagnostics import Diagnostics, Problem, errors, plain, text, warnings
from workbench.stand_ins.aws.operations import Operations, Plan, checked
from workbench.stand_ins.aws.process import NotAnswering, TerraformProvider
from workbench.stand_ins.aws.protocol import tfplugin5_pb2 as pb
from workbench.stand_ins.aws.records import META, ForeignState, Record
from workbench.stand_ins.aws.schemas import schemas
from workbench.stand_ins.aws.shape import ResourceType

NOTHING = Record(value=None)


class Aws(Provider):
    """Serves the types of one Terraform provider."""

    name = "aws"
    title = "aws stand-in"
    refusals = (Problem, BadInput, Unknown, LookupError, NotAnswering, ForeignState)
    names_resources = True

    def __init__(self, terraform: TerraformProvider, *, version: str) -> None:
        self.version = version
        self.catalog = Catalog(schemas(terraform))
        self.operations = Operations(terraform, configuration.region({}))

    def cancel(self) -> None:
        """Let the Terraform provider stop its waits."""
        self.operations.terraform.interrupt()

    def configure(self, settings: Properties, progress: Progress) -> None:
        """Configure the Terraform provider."""
        terraform = self.operations.terraform
        _warn(progress, configuration.configure(terraform, self.catalog.provider(), settings))
        self.operations = Operations(terraform, configuration.region(settings))

    def diff_settings(self, old: Properties, new: Properties) -> Change:
        """Report every change as an update in place."""
        return configuration.change(old, new)

    def check(self, request: Request) -> Checked:
        """Add a generated name, then validate with the Terraform provider."""
        kind = self.catalog.resource(request.token)
        inputs = request.inputs
        try:
            inputs = {**inputs, **autonames.name(kind.name, inputs, _naming(request))}
            _warn(request.progress, self.operations.validate(kind, self.operations.config(kind, inputs)))
        except BadInput as bad:
            return Checked(inputs=inputs, problems=[str(bad)])
        except Problem as problem:
            return Checked(inputs=inputs, problems=[_located(kind, each) for each in problem.diagnostics])
        return Checked(inputs=inputs)

    def diff(self, request: Request) -> Change:
        """Compare with the Terraform provider's plan."""
        kind = self.catalog.resource(request.token)
        return decision(kind, self._plan(kind, request), request.inputs)

    def create(self, request: Request) -> tuple[str, Properties]:
        """Plan, then apply; a preview shows the plan."""
        kind = self.catalog.resource(request.token)
        config = self.operations.config(kind, request.inputs, {"create": request.seconds})
        plan = self.operations.plan(kind, NOTHING, config)
        if request.preview:
            return "", self._outputs(kind, plan.planned)
        record = self._apply(kind, plan, request)
        return _identity(record.value), self._outputs(kind, record)

    def update(self, request: Request) -> Properties:
        """Plan, then apply; a preview shows the plan."""
        kind = self.catalog.resource(request.token)
        plan = self._plan(kind, request, {"update": request.seconds})
        return self._outputs(kind, plan.planned if request.preview else self._apply(kind, plan, request))

    def delete(self, request: Request) -> None:
        """Apply a plan for deletion."""
        kind = self.catalog.resource(request.token)
        record = self._record(kind, request.state)
        gone = Plan(config=None, prior=record.value, planned=Record(value=None, private=record.private))
        applied = checked(self.operations.apply(kind, gone))
        _warn(request.progress, warnings(applied.diagnostics))

    def read(self, request: Request) -> Found | None:
        """Refresh the state, or import a resource without one."""
        kind = self.catalog.resource(request.token)
        known = META in request.state
        before = self._record(kind, request.state) if known else self.operations.found(kind, request.id)
        read = self.operations.read(kind, before)
        _warn(request.progress, warnings(read.diagnostics))
        if read.record.value is None:
            return None
        return Found(
            id=_identity(read.record.value),
            inputs=refreshed.inputs(kind, request.inputs, before=before.value, now=read.record.value),
            state=self._outputs(kind, read.record),
        )

    def invoke(self, token: str, arguments: Properties, progress: Progress) -> Properties:
        """Read a data source."""
        kind = self.catalog.data_source(token)
        value, diagnostics = self.operations.look_up(kind, self.operations.config(kind, arguments))
        _warn(progress, warnings(diagnostics))
        return records.result(kind, value, region=self.operations.region)

    def _record(self, kind: ResourceType, outputs: Properties) -> Record:
        return self.operations.upgraded(kind, records.from_pulumi(kind, outputs))

    def _plan(self, kind: ResourceType, request: Request, timeouts: Mapping[str, float] | None = None) -> Plan:
        config = self.operations.config(kind, request.inputs, timeouts)
        return self.operations.plan(kind, self._record(kind, request.state), config)

    def _outputs(self, kind: ResourceType, record: Record) -> Properties:
        return records.to_pulumi(kind, record, region=self.operations.region)

    def _apply(self, kind: ResourceType, plan: Plan, request: Request) -> Record:
        applied = self.operations.apply(kind, plan)
        reasons = [text(each) for each in errors(applied.diagnostics)]
        if reasons and (identity := _identity(applied.record.value)):
            raise PartialFailure(*reasons, id=identity, state=self._outputs(kind, applied.record))
        _warn(request.progress, warnings(checked(applied).diagnostics))
        return applied.record


def _warn(progress: Progress, diagnostics: Diagnostics) -> None:
    for each in diagnostics:
        progress.warning(text(each))


def _located(kind: ResourceType, diagnostic: pb.Diagnostic) -> str:
    name = top_level(kind.shape, plain(diagnostic.attribute))
    return f"{name}: {text(diagnostic)}" if name else text(diagnostic)


def _identity(value: Value) -> str:
    """Terraform's id, which is also Pulumi's, or an empty text."""
    found = value.get("id") if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else ""


def _naming(request: Request) -> Naming:
    return Naming(
        logical=request.name,
        urn=request.urn,
        seed=request.seed,
        old=request.old_inputs,
        proposed=request.proposed_name,
    )
