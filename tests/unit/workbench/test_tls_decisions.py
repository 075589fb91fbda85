"""What changes nothing, what changes in place, what makes a new certificate."""

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from provider.protocol.values import UNKNOWN, Value, encode
from tests.unit.workbench.asking import Asked, urn
from tests.unit.workbench.conftest import Chain, chain, key, text


def test_the_same_inputs_change_nothing(tls: Asked, server: Chain) -> None:
    for made in (server.key, server.authority, server.request, server.leaf):
        assert tls.diff(made, made.inputs).changes == pb.DiffResponse.DIFF_NONE


def test_a_default_that_is_written_out_changes_nothing(tls: Asked, server: Chain) -> None:
    assert tls.diff(server.leaf, {**server.leaf.inputs, "isCaCertificate": False}).changes == pb.DiffResponse.DIFF_NONE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("validityPeriodHours", 24),
        ("allowedUses", ["server_auth"]),
        ("isCaCertificate", True),
        ("setSubjectKeyId", True),
        ("caCertPem", UNKNOWN),
        ("certRequestPem", UNKNOWN),
    ],
)
def test_what_is_part_of_a_certificate_makes_a_new_one(name: str, value: Value, tls: Asked, server: Chain) -> None:
    answer = tls.diff(server.leaf, {**server.leaf.inputs, name: value})
    assert list(answer.replaces) == [name]
    assert answer.detailedDiff[name].kind == pb.PropertyDiff.UPDATE_REPLACE


def test_another_curve_makes_a_new_key(tls: Asked, server: Chain) -> None:
    assert list(tls.diff(server.key, {"algorithm": "ECDSA", "ecdsaCurve": "P384"}).replaces) == ["ecdsaCurve"]


def test_another_renewal_window_is_written_down_and_the_certificate_stays(tls: Asked, server: Chain) -> None:
    inputs = {**server.leaf.inputs, "earlyRenewalHours": 720}
    answer = tls.diff(server.leaf, inputs)
    assert list(answer.diffs) == ["earlyRenewalHours"]
    assert list(answer.replaces) == []
    updated = tls.update(server.leaf, inputs)
    assert updated.state["earlyRenewalHours"] == 720
    assert updated.state["certPem"] == server.leaf.state["certPem"]
    assert updated.secrets == server.leaf.secrets


@pytest.mark.acceptance("T14")
def test_a_certificate_inside_its_renewal_window_is_replaced_without_a_refresh(tls: Asked) -> None:
    due = chain(tls, key(tls), key(tls), validityPeriodHours=24, earlyRenewalHours=24).leaf
    assert list(tls.diff(due, due.inputs).replaces) == ["readyForRenewal"]
    assert tls.read(due).state["readyForRenewal"] is True


def test_a_refresh_changes_nothing_of_a_certificate_that_is_not_due(tls: Asked, server: Chain) -> None:
    for made in (server.key, server.authority, server.request, server.leaf):
        read = tls.read(made)
        assert (read.state, read.inputs, read.secrets) == (made.state, made.inputs, made.secrets)


def test_a_key_cannot_be_imported(tls: Asked) -> None:
    with pytest.raises(grpc.RpcError, match="cannot be imported"):
        tls.stub.Read(pb.ReadRequest(urn=urn("PrivateKey"), id="x", properties=encode({})))


def test_any_other_resource_is_refused_with_what_to_do(tls: Asked) -> None:
    with pytest.raises(grpc.RpcError, match="but not tls:index/other:Other; install the official"):
        tls.check("tls:index/other:Other", {})


def test_a_component_that_a_plugin_would_build_is_refused_with_what_to_do(tls: Asked) -> None:
    with pytest.raises(grpc.RpcError, match=r"but not kubernetes:helm\.sh/v4:Chart; install the official"):
        tls.stub.Construct(pb.ConstructRequest(type="kubernetes:helm.sh/v4:Chart", name="cilium"))


def test_a_function_is_refused_with_what_to_do(tls: Asked, server: Chain) -> None:
    with pytest.raises(grpc.RpcError, match="but not tls:index/getPublicKey:getPublicKey; install the official"):
        tls.stub.Invoke(
            pb.InvokeRequest(
                tok="tls:index/getPublicKey:getPublicKey",
                args=encode({"privateKeyPem": text(server.key, "privateKeyPem")}),
            )
        )


def test_a_deletion_needs_nothing_because_everything_is_in_the_state(tls: Asked) -> None:
    tls.delete(key(tls))
