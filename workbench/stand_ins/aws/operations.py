"""Terraform's operations on one resource: validate, plan, apply, read, import, upgrade."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from provider.protocol.values import Properties, Value
from workbench.stand_ins.aws.conversion import nothing, to_terraform
from workbench.stand_ins.aws.diagnostics import Diagnostics, Path, Problem, plain
from workbench.stand_ins.aws.generations import understood
from workbench.stand_ins.aws.process import TerraformProvider
from workbench.stand_ins.aws.proposal import proposed
from workbench.stand_ins.aws.protocol import tfplugin5_pb2 as pb
from workbench.stand_ins.aws.records import Record
from workbench.stand_ins.aws.shape import ResourceType
from workbench.stand_ins.aws.wire import pack, unpack


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A planned change. `planned`: None for a deletion; `prior`: None for a creation."""

    config: Value
    prior: Value
    planned: Record
    replacing: tuple[Path, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Applied:
    """The result of an apply. With errors, the record is the state before them, if any."""

    record: Record
    diagnostics: Diagnostics


@dataclass(frozen=True)
class Operations:
    """The methods of the plugin protocol over plain values. Each raises `Problem` with the provider's own message."""

    terraform: TerraformProvider
    region: str | None

    def config(self, kind: ResourceType, inputs: Properties, timeouts: Mapping[str, float] | None = None) -> Value:
        """Pulumi inputs as a Terraform configuration. `timeouts`: seconds by operation. Raises `BadInput`."""
        given = {name: value for name, value in inputs.items() if not name.startswith("__")}
        config = to_terraform(kind.shape, understood(kind, given, self.region))
        field = kind.shape.fields.get("timeouts")
        if field is not None and isinstance(config, dict):
            known = field.shape.fields
            wanted = {name: f"{int(value)}s" for name, value in (timeouts or {}).items() if value and name in known}
            config["timeouts"] = {**nothing(field.shape), **wanted} if wanted else None
        return config

    def validate(self, kind: ResourceType, config: Value) -> Diagnostics:
        """The warnings about a configuration."""
        request = pb.ValidateRequest(type_name=kind.name, config=pack(config))
        return self.terraform.call("ValidateResourceTypeConfig", request, pb.DiagnosticsResponse).diagnostics

    def plan(self, kind: ResourceType, prior: Record, config: Value) -> Plan:
        """The planned change of `prior` to `config`."""
        request = pb.PlanRequest(
            type_name=kind.name,
            prior_state=pack(prior.value),
            proposed_new_state=pack(proposed(kind.shape, prior.value, config)),
            config=pack(config),
            prior_private=prior.private,
        )
        response = self.terraform.call("PlanResourceChange", request, pb.PlanResponse)
        return Plan(
            config=config,
            prior=prior.value,
            planned=Record(value=unpack(response.planned_state), private=response.planned_private),
            replacing=tuple(plain(path) for path in response.requires_replace),
        )

    def apply(self, kind: ResourceType, plan: Plan) -> Applied:
        """Execute the plan. Does not raise errors: the resource may exist in part."""
        request = pb.ApplyRequest(
            type_name=kind.name,
            prior_state=pack(plan.prior),
            planned_state=pack(plan.planned.value),
            config=pack(plan.config),
            planned_private=plan.planned.private,
        )
        response = self.terraform.call("ApplyResourceChange", request, pb.ApplyResponse)
        return Applied(
            record=Record(value=unpack(response.new_state), private=response.private), diagnostics=response.diagnostics
        )

    def read(self, kind: ResourceType, record: Record) -> Applied:
        """The current state; the value of a deleted resource is empty (None)."""
        request = pb.ReadRequest(type_name=kind.name, current_state=pack(record.value), private=record.private)
        response = self.terraform.call("ReadResource", request, pb.ReadResponse)
        return Applied(
            record=Record(value=unpack(response.new_state), private=response.private), diagnostics=response.diagnostics
        )

    def found(self, kind: ResourceType, identity: str) -> Record:
        """A first record of a resource from its identity; `read` completes it."""
        request = pb.ImportRequest(type_name=kind.name, id=identity)
        response = self.terraform.call("ImportResourceState", request, pb.ImportResponse)
        first = next((each for each in response.imported_resources if each.type_name == kind.name), None)
        if first is None:
            message = f"the Terraform provider found nothing to import as {kind.name} {identity!r}"
            raise LookupError(message)
        return Record(value=unpack(first.state), private=first.private)

    def upgraded(self, kind: ResourceType, record: Record) -> Record:
        """The record in the current schema."""
        if record.version is None or record.version == kind.version:
            return record
        request = pb.UpgradeRequest(
            type_name=kind.name,
            version=record.version,
            raw_state=pb.RawState(json=json.dumps(record.value).encode()),
        )
        response = self.terraform.call("UpgradeResourceState", request, pb.UpgradeResponse)
        return Record(value=unpack(response.upgraded_state), private=record.private)

    def look_up(self, kind: ResourceType, config: Value) -> tuple[Value, Diagnostics]:
        """The result of a data source, and its warnings."""
        request = pb.DataRequest(type_name=kind.name, config=pack(config))
        response = self.terraform.call("ReadDataSource", request, pb.DataResponse)
        return unpack(response.state), response.diagnostics


def checked(applied: Applied) -> Applied:
    """`applied` if nothing failed. Raises `Problem`."""
    problem = Problem(applied.diagnostics)
    if problem.diagnostics:
        raise problem
    return applied
