"""A resource's state in Pulumi's form, with what Terraform needs back of it."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

from provider.protocol.values import Properties, Value, secret
from workbench.stand_ins.aws.conversion import properties, to_terraform
from workbench.stand_ins.aws.generations import completed
from workbench.stand_ins.aws.shape import Field, ResourceType, Shape

META = "__meta"  # the property of the state that is ours; another plugin's is not the same


@dataclass(frozen=True, kw_only=True)
class Record:
    """Terraform's state of a resource."""

    value: Value
    private: bytes = b""
    version: int | None = None  # of the schema that it was written with; None: today's


def from_pulumi(kind: ResourceType, outputs: Properties) -> Record:
    """The state that the outputs of an earlier operation describe."""
    text = outputs.get(META)
    meta: Mapping[str, str | int] = json.loads(text) if isinstance(text, str) else {}
    known = {name: value for name, value in outputs.items() if name in kind.by_pulumi}
    return Record(
        value=to_terraform(kind.shape, known),
        private=base64.b64decode(str(meta.get("private", ""))),
        version=int(meta.get("schema_version", kind.version)),
    )


def to_pulumi(kind: ResourceType, record: Record, *, region: str | None) -> Properties:
    """The outputs of an operation; what the provider calls sensitive is secret."""
    meta = json.dumps({"schema_version": kind.version, "private": base64.b64encode(record.private).decode()})
    return {**result(kind, record.value, region=region), META: meta}


def result(kind: ResourceType, value: Value, *, region: str | None) -> Properties:
    """The outputs without anything of ours, as an invoke returns them."""
    found = properties(kind.shape, value) if isinstance(value, Mapping) else {}
    shown = {name: secret(each) if _sensitive(kind.by_pulumi[name]) else each for name, each in found.items()}
    return completed(kind, shown, region)


def _sensitive(field: Field) -> bool:
    return field.sensitive or _holds_sensitive(field.shape)


def _holds_sensitive(shape: Shape) -> bool:
    return any(_sensitive(each) for each in shape.fields.values()) or (
        shape.of is not None and _holds_sensitive(shape.of)
    )
