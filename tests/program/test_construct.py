"""The components for programs in other languages: the plugin's schema and its Construct call."""

import json
from collections.abc import Mapping
from typing import cast

import pytest
import yaml
from google.protobuf import empty_pb2
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2 as pb

from plan import Refused
from plan.loading.presets import merged
from provider.hosts.session import Sessions
from provider.kinds import Kinds
from provider.protocol.values import UNKNOWN, Value, decode, encode, secret
from quorate.construction import construct
from quorate.schema import COMPONENTS, package_schema
from quorate.serving import Package, PackageService
from tests.program.monitor import monitor
from workbench.mocks.aws import DEV, Cloud
from workbench.mocks.recorder import Run
from workbench.mocks.site import site
from workbench.places import ROOT

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

EXAMPLE = yaml.safe_load((ROOT / "examples" / "hosts-yaml" / "Pulumi.yaml").read_text())
OSLO = EXAMPLE["resources"]["oslo"]
KEY = site() / ".quorate" / "ssh" / "id_ed25519"


def encoded(inputs: Mapping[str, object]) -> Struct:
    return encode(cast("Mapping[str, Value]", inputs))


def built(kind: str, inputs: Mapping[str, object], *, preview: bool = True) -> tuple[Run, Mapping[str, Value]]:
    with monitor(Cloud(preview=preview)) as (address, run):
        request = pb.ConstructRequest(
            project="test",
            stack="dev",
            dryRun=preview,
            monitorEndpoint=address,
            type=kind,
            name="one",
            inputs=encoded(inputs),
            parallel=8,
        )
        response = construct(request, "")
        assert response.urn.endswith("::one")
        return run, decode(response.state)


@pytest.fixture
def oslo() -> dict[str, object]:
    settings: dict[str, object] = merged(OSLO["properties"], {"ssh": {"privateKeyPath": str(KEY)}})
    return settings


def test_the_example_builds_the_whole_control_plane(oslo: dict[str, object]) -> None:
    run, outputs = built(OSLO["type"], oslo)
    assert len(run.of("quorate:hosts:Node")) == 3
    assert outputs["endpointName"] == "api.oslo.example.com"
    assert outputs["endpointPort"] == 8443


@pytest.mark.parametrize("kind", COMPONENTS)
def test_every_component_of_the_schema_can_be_built(kind: str, oslo: dict[str, object]) -> None:
    own: dict[str, object] = {"vpcId": "vpc-1", "privateSubnets": {"eu-west-1a": "subnet-1"}, "securityGroup": "sg-1"}
    run, outputs = built(kind, merged(DEV, own) if "aws" in kind else oslo, preview=False)
    assert run.one(kind, "one")
    assert outputs.keys() == COMPONENTS[kind][2].keys()


def test_a_value_that_a_preview_does_not_know_is_refused_with_what_to_do(oslo: dict[str, object]) -> None:
    unknown = merged(oslo, {"network": {"hosts": UNKNOWN}})
    with pytest.raises(
        Refused, match=r"network\.hosts: must be a plain value, but is the output of another"
    ) as refused:
        built(OSLO["type"], unknown)
    assert "StackReference" in str(refused.value)


def test_two_clusters_of_one_program_that_overlap_are_refused(oslo: dict[str, object]) -> None:
    with monitor(Cloud(preview=True)) as (address, _):

        def add(name: str, settings: Mapping[str, object]) -> None:
            construct(
                pb.ConstructRequest(
                    project="test",
                    stack="dev",
                    dryRun=True,
                    monitorEndpoint=address,
                    type=OSLO["type"],
                    name=name,
                    inputs=encoded(settings),
                    parallel=8,
                ),
                "",
            )

        add("one", oslo)
        with pytest.raises(Refused, match="the address of cp1: must be used by one cluster only"):
            add("two", merged(oslo, {"cluster": "bergen", "endpoint": {"name": "api.bergen.example.com"}}))


def test_the_schema_describes_every_setting_and_takes_them_only_as_plain_values() -> None:
    schema = package_schema("0.1.0")
    resources, types = schema["resources"], schema["types"]
    assert isinstance(resources, dict)
    assert isinstance(types, dict)
    assert set(resources) == set(COMPONENTS)
    settings = resources["quorate:index:ControlPlane"]["inputProperties"]
    assert settings["cluster"] == {
        "type": "string",
        "plain": True,
        "description": "Name of the cluster, a DNS label. Part of etcd's token: it never changes.",
    }
    assert settings["authorityFiles"]["secret"]
    references = {part.split('"')[0] for part in json.dumps(schema).split('"#/types/')[1:]}
    assert references <= set(types)


def test_a_plugin_with_components_keeps_the_marks_of_secrets() -> None:
    sessions = Sessions()
    service = PackageService(Package(Kinds(sessions), sessions))
    assert service.Handshake(pb.ProviderHandshakeRequest(), None).accept_secrets  # type: ignore[arg-type]  # no call
    given: Mapping[str, Value] = {
        "name": "cp1",
        "connection": {"address": "192.0.2.11", "port": 22, "user": "root", "privateKeyPath": str(KEY)},
        "manifest": "{}",
        "files": {},
        "secrets": {"/etc/key": {"content": secret("PRIVATE"), "mode": 384, "step": "system"}},
        "generation": "",
    }
    request = pb.CheckRequest(urn="urn:pulumi:dev::test::quorate:hosts:Node::cp1", news=encode(given), olds=encode({}))
    checked = service.Check(request, None)  # type: ignore[arg-type]  # no call
    assert not checked.failures
    kept = checked.inputs.fields["secrets"].struct_value.fields["/etc/key"].struct_value.fields["content"]
    assert kept == encode({"content": secret("PRIVATE")}).fields["content"]
    assert service.GetPluginInfo(empty_pb2.Empty(), None).version  # type: ignore[arg-type]  # no call
