"""A resource's state in Pulumi's form, with the data that Terraform needs again."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

from provider.protocol.values import Properties, Value, secret
from workbench.stand_ins.aws.conversion import properties, to_terraform
from workbench.stand_ins.aws.generations import completed
from workbench.stand_ins.aws.shape import Field, ResourceType, Shape

META = "__meta"  # the property for the plugin's own data, under which the official plugin stores other data
PRIVATE = "private"  # the key that identifies our data


@dataclass(frozen=True, kw_only=True)
class Record:
    """Terraform's state of a resource."""

    value: Value
    private: bytes = b""
    version: int | None = None  # version of the schema that it was written with; None: the current one


class ForeignState(Exception):
    """The state was written by the official plugin, whose records this one cannot continue."""

    def __init__(self, kind: ResourceType) -> None:
        super().__init__(
            f"{kind.token}: this state was made by the official aws plugin, and the stand-in cannot continue it;"
            " install the official plugin (`python3 -m workbench.setup --download`), or use the state that the stand-in"
            " made (PULUMI_BACKEND_URL)"
        )


def from_pulumi(kind: ResourceType, outputs: Properties) -> Record:
    """The state that the outputs of an earlier operation describe. Raises `ForeignState`."""
    text = outputs.get(META)
    meta: Mapping[str, str | int] = json.loads(text) if isinstance(text, str) else {}
    if PRIVATE not in meta:
        raise ForeignState(kind)
    known = {name: value for name, value in outputs.items() if name in kind.by_pulumi}
    return Record(
        value=to_terraform(kind.shape, known),
        private=base64.b64decode(str(meta[PRIVATE])),
        version=int(meta.get("schema_version", kind.version)),
    )


def to_pulumi(kind: ResourceType, record: Record, *, region: str | None) -> Properties:
    """The outputs of an operation; sensitive values of the provider are secret."""
    meta = json.dumps({"schema_version": kind.version, PRIVATE: base64.b64encode(record.private).decode()})
    return {**result(kind, record.value, region=region), META: meta}


def result(kind: ResourceType, value: Value, *, region: str | None) -> Properties:
    """The outputs without our own data, as an invoke returns them."""
    found = properties(kind.shape, value) if isinstance(value, Mapping) else {}
    shown = {name: secret(each) if _sensitive(kind.by_pulumi[name]) else each for name, each in found.items()}
    return completed(kind, shown, region)


def _sensitive(field: Field) -> bool:
    return field.sensitive or _holds_sensitive(field.shape)


def _holds_sensitive(shape: Shape) -> bool:
    return any(_sensitive(each) for each in shape.fields.values()) or (
        shape.of is not None and _holds_sensitive(shape.of)
    )
