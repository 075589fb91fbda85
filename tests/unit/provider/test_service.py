"""The provider's own process, asked over gRPC as the engine does."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc, status_pb2

from provider.protocol.values import UNKNOWN, Properties, decode, encode
from tests.unit.provider.conftest import SECRET, inputs

PROVIDER = Path(__file__).resolve().parents[3] / "provider"
NODE = "urn:pulumi:test::quorate::quorate:hosts:Fleet$quorate:hosts:Node::cp1"


@pytest.fixture(scope="module")
def provider() -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    process = subprocess.Popen(
        [sys.executable, "-u", str(PROVIDER), "127.0.0.1:1"], stdout=subprocess.PIPE, text=True, cwd="/"
    )
    assert process.stdout is not None
    channel = grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}")
    yield provider_pb2_grpc.ResourceProviderStub(channel)
    channel.close()
    process.terminate()
    assert process.wait(5) == 0


@pytest.fixture
def connection(tmp_path: Path) -> Properties:
    key = tmp_path / "key"
    key.touch(mode=0o600)
    return {"address": "192.0.2.1", "port": 22, "user": "root", "privateKeyPath": str(key)}


def test_it_runs_from_any_folder_and_tells_its_version(provider: provider_pb2_grpc.ResourceProviderStub) -> None:
    assert provider.GetPluginInfo(empty_pb2.Empty()).version


def test_a_checked_node_has_the_digest_of_the_agent_whatever_the_program_says(
    provider: provider_pb2_grpc.ResourceProviderStub, connection: Properties
) -> None:
    checked = provider.Check(pb.CheckRequest(urn=NODE, news=encode(inputs(connection, agent="mine"))))
    assert list(checked.failures) == []
    assert len(str(decode(checked.inputs)["agent"])) == 16


def test_problems_name_no_property_because_the_engine_prints_the_named_ones_value(
    provider: provider_pb2_grpc.ResourceProviderStub, connection: Properties
) -> None:
    broken = inputs(connection, secrets={"relative": {"content": SECRET, "mode": 0o644, "step": "etcd"}})
    checked = provider.Check(pb.CheckRequest(urn=NODE, news=encode(broken)))
    assert len(checked.failures) == 2
    assert {failure.property for failure in checked.failures} == {""}
    assert SECRET not in str(checked.failures)


def test_a_preview_contacts_no_host_and_marks_what_is_not_known_and_what_is_secret(
    provider: provider_pb2_grpc.ResourceProviderStub, connection: Properties
) -> None:
    began = time.monotonic()
    request = pb.CreateRequest(urn=NODE, properties=encode(inputs(connection)), preview=True)
    made = provider.Create(request).properties
    assert time.monotonic() - began < 2  # the address is one of those that never answer
    assert decode(made)["hostKey"] == UNKNOWN
    assert made.fields["secrets"].struct_value.fields["4dabf18193072939515e22adb298388d"].string_value


def test_a_type_that_it_does_not_have_is_refused_with_those_that_it_has(
    provider: provider_pb2_grpc.ResourceProviderStub,
) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        provider.Check(pb.CheckRequest(urn=NODE.replace("Node", "Nodes")))
    assert "quorate:local:Machine" in str(refused.value.details())


def test_a_defect_tells_its_place_and_no_value(
    provider: provider_pb2_grpc.ResourceProviderStub, connection: Properties
) -> None:
    unchecked = inputs({**connection, "port": SECRET})
    with pytest.raises(grpc.RpcError) as defect:
        provider.Create(pb.CreateRequest(urn=NODE, properties=encode(unchecked)))
    assert "defect of the quorate provider: ValueError in connection" in str(defect.value.details())
    assert SECRET not in str(defect.value.details())


def test_what_failed_half_way_is_handed_over_with_its_state(
    provider: provider_pb2_grpc.ResourceProviderStub,
) -> None:
    cluster = NODE.replace("Node::", "Cluster::")
    node: Properties = {"name": "cp1", "address": "127.0.0.1", "port": 22, "user": "root", "privateKeyPath": "/k"}
    given = encode({"nodes": [node], "endpoint": {"name": "api.test", "port": 1}, "authority": "none"})
    with pytest.raises(grpc.RpcError) as failed:
        provider.Create(pb.CreateRequest(urn=cluster, properties=given, timeout=0.1))
    metadata = {item.key: item.value for item in failed.value.trailing_metadata()}
    status = status_pb2.Status.FromString(metadata["grpc-status-details-bin"])
    detail: any_pb2.Any = status.details[0]
    kept = pb.ErrorResourceInitFailed()
    assert detail.Unpack(kept)
    assert kept.id == "cp1"
    assert "not ready" in kept.reasons[0]


def test_it_starts_without_the_sdk_and_without_the_packages_of_kinds_that_are_not_asked_for() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(PROVIDER.parent)!r}); "
        "from provider.protocol.lean import skip_sdk; skip_sdk(); "
        "import provider.serving; print([name for name in sys.modules if name in "
        "('pulumi.resource', 'pydantic', 'provider.local.machines', 'plan', 'provider.hosts.node')])"
    )
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=clean)
    assert done.stdout.strip() == "[]"
