"""The stand-in speaks the language of the installed SDK: its property names, versions, required inputs, secrets."""

import inspect
import json
from pathlib import Path

import pulumi_tls
import pytest
from pulumi import _types

from provider.protocol.values import Properties
from tests.unit.workbench.asking import Asked, Made
from tests.unit.workbench.conftest import Chain
from workbench.setup.plugins import version
from workbench.stand_ins.tls.plugin import VERSION
from workbench.stand_ins.tls.schema import CHANGES_IN_PLACE, KINDS, SECRETS

# Write-only inputs are for Terraform's ephemeral values; this program has none.
NOT_IMPLEMENTED = {"privateKeyPemWo", "privateKeyPemWoVersion", "caPrivateKeyPemWo", "caPrivateKeyPemWoVersion"}


def sdk_inputs(kind: str) -> dict[str, str]:
    """Names as the engine sees them, by their names in Python."""
    names: dict[str, str] = _types.input_type_py_to_pulumi_names(getattr(pulumi_tls, f"{kind}Args"))
    return names


def sdk_outputs(kind: str) -> set[str]:
    members = vars(getattr(pulumi_tls, kind)).items()
    return {getattr(each.fget, "_pulumi_name", name) for name, each in members if isinstance(each, property)}


@pytest.mark.parametrize("kind", KINDS)
def test_it_takes_exactly_the_inputs_of_the_sdk_less_the_write_only_ones(kind: str) -> None:
    assert set(KINDS[kind].inputs) == set(sdk_inputs(kind).values()) - NOT_IMPLEMENTED


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_sdk_requires_is_required(kind: str) -> None:
    parameters = inspect.signature(getattr(pulumi_tls, f"{kind}Args")).parameters
    required = {name for name, each in parameters.items() if each.default is each.empty}
    assert {sdk_inputs(kind)[name] for name in required} <= set(KINDS[kind].required)


def test_every_property_of_a_new_resource_is_one_that_the_sdk_reads(server: Chain) -> None:
    for made in (server.key, server.authority, server.request, server.leaf):
        assert set(made.state) <= sdk_outputs(made.kind)
        assert set(KINDS[made.kind].computed) <= set(made.state)


@pytest.mark.parametrize("kind", KINDS)
def test_a_preview_says_of_every_computed_property_that_it_is_not_known_yet(kind: str, tls: Asked) -> None:
    inputs: Properties = dict.fromkeys(KINDS[kind].required, "x")
    made = tls.create(kind, inputs, preview=True)
    assert made.id == ""
    computed = {name for name, value in made.state.items() if value == "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}
    assert computed == set(KINDS[kind].computed)


def test_private_keys_are_secret_and_nothing_else_is(server: Chain) -> None:
    def private(made: Made) -> set[str]:
        return {name for name, value in made.state.items() if isinstance(value, str) and "PRIVATE KEY" in value}

    for made in (server.key, server.authority, server.request, server.leaf):
        assert made.secrets == private(made) == set(made.state) & SECRETS


def test_it_says_the_version_that_the_installed_sdk_asks_for() -> None:
    plugin = json.loads((Path(pulumi_tls.__file__).parent / "pulumi-plugin.json").read_text(encoding="utf-8"))
    assert plugin["version"] == VERSION == version("tls")


def test_only_properties_that_are_no_part_of_the_certificate_change_in_place() -> None:
    assert set().union(*(kind.inputs for kind in KINDS.values())) >= CHANGES_IN_PLACE == {"earlyRenewalHours"}
