"""The provider's own configuration, as the engine sends it."""

import json
import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from provider.protocol.messages import Change, Difference, Refused
from provider.protocol.values import Properties, Value, has_unknown
from workbench.stand_ins.aws.conversion import to_terraform
from workbench.stand_ins.aws.diagnostics import warnings
from workbench.stand_ins.aws.process import TerraformProvider
from workbench.stand_ins.aws.protocol import tfplugin5_pb2 as pb
from workbench.stand_ins.aws.shape import Shape
from workbench.stand_ins.aws.wire import pack

# The provider reads the version of Terraform's core and behaves differently below 1.0 only.
TERRAFORM_VERSION = "1.11.4"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Unknown(Exception):
    """The configuration is not known before the update."""


def region(given: Properties, environment: Mapping[str, str] = os.environ) -> str | None:
    """The region of resources that do not name one."""
    region_ = given.get("region") or environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    return str(region_) if region_ else None


def check_emulated(given: Properties, environment: Mapping[str, str] = os.environ) -> None:
    """Raises `Refused` for any AWS that is not on this computer.

    The stand-in's states are not those of the official plugin, so an account that it has managed could not switch to
    the official plugin.
    """
    said = given.get("endpoints")
    listed = json.loads(said) if isinstance(said, str) and said else []
    urls = [str(url) for one in listed if isinstance(one, dict) for url in one.values()]
    if not urls or environment.get("AWS_ENDPOINT_URL"):
        urls.append(environment.get("AWS_ENDPOINT_URL", ""))
    if any(urlsplit(url).hostname not in LOOPBACK for url in urls):
        raise Refused(
            "this aws plugin is a stand-in for the emulated AWS, and it would manage a real account here. For a real "
            "account install the official plugin, `make setup SETUP='--for aws'`; for the emulated AWS, set EMULATE=1"
        )


def configure(terraform: TerraformProvider, shape: Shape, given: Properties) -> list[pb.Diagnostic]:
    """Configure the provider; returns its warnings. Raises `Refused`, `Unknown`, `BadInput`, `Problem`."""
    check_emulated(given)
    wanted = {name: _parsed(shape, name, value) for name, value in given.items() if name in shape.by_pulumi}
    config = to_terraform(shape, {name: value for name, value in wanted.items() if value != ""})
    if has_unknown(config):
        raise Unknown("the configuration of the aws provider must be known before the update")
    prepared = terraform.call("PrepareProviderConfig", pb.PrepareRequest(config=pack(config)), pb.PrepareResponse)
    request = pb.ConfigureRequest(terraform_version=TERRAFORM_VERSION, config=prepared.prepared_config)
    response = terraform.call("Configure", request, pb.DiagnosticsResponse)
    return [*warnings(prepared.diagnostics), *warnings(response.diagnostics)]


def change(old: Properties, new: Properties) -> Change:
    """Changed settings update the provider in place."""
    return Change(
        paths={name: Difference.CHANGED for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    )


def _parsed(shape: Shape, name: str, value: Value) -> Value:
    """Nested configuration arrives as JSON text."""
    field = shape.by_pulumi[name]
    nested = field.shape.of is not None or field.shape.fields
    if isinstance(value, str) and value and nested:
        parsed: Value = json.loads(value)
        return parsed
    return value
