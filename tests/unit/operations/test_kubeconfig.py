"""Kubeconfigs: what a client on the internet gets instead of the operator's proxy."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from agent.model.json_reading import Json
from operations import environment as environments
from operations import kubeconfig
from operations.aws.instances import public_name
from operations.environment import Environment, OperationFailed
from tests.unit.operations.aws_state import environment, resources

WRITTEN = """apiVersion: v1
kind: Config
clusters: [{name: dev, cluster: {server: "https://api.dev.example.internal:6443", certificate-authority-data: YQ==}}]
"""


@pytest.fixture
def of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Environment:
    monkeypatch.setattr(environments, "PROJECT", tmp_path)
    monkeypatch.setattr(kubeconfig, "_first_answer", lambda *_: WRITTEN)
    return replace(
        environment(resources({}, keys={})),
        authority="PEM",
        proxy_port=23456,
        public_name="dev-api-public.elb.eu-west-1.amazonaws.com",
    )


def cluster(path: Path) -> dict[str, str]:
    found: dict[str, str] = yaml.safe_load(path.read_text())["clusters"][0]["cluster"]
    return found


def test_a_client_on_the_internet_dials_the_public_balancer_and_verifies_the_apis_own_name(of: Environment) -> None:
    found = cluster(kubeconfig.issue(of, hours=1, public=True))
    assert found["server"] == "https://dev-api-public.elb.eu-west-1.amazonaws.com:6443"
    assert found["tls-server-name"] == "api.dev.example.internal"
    assert "proxy-url" not in found
    assert base64.b64decode(found["certificate-authority-data"]) == b"PEM"


def test_the_operators_own_kubeconfig_stays_beside_it_and_uses_the_proxy(of: Environment) -> None:
    public, own = kubeconfig.issue(of, hours=1, public=True), kubeconfig.issue(of, hours=1)
    assert public != own
    assert cluster(own)["server"] == "https://api.dev.example.internal:6443"
    assert "proxy-url" in cluster(own)


def test_without_a_public_balancer_the_message_says_which_setting_makes_one(of: Environment) -> None:
    with pytest.raises(OperationFailed, match=r"aws\.loadBalancer\.public"):
        kubeconfig.issue(replace(of, public_name=None), hours=1, public=True)


def test_the_public_name_is_that_of_the_balancer_that_faces_the_internet() -> None:
    def balancer(name: str, *, internal: bool) -> Json:
        kind = "aws:lb/loadBalancer:LoadBalancer"
        return Json({"type": kind, "inputs": {"internal": internal}, "outputs": {"dnsName": name}}, "state")

    inside, outside = balancer("inside", internal=True), balancer("outside", internal=False)
    assert public_name((inside, outside)) == "outside"
    assert public_name((inside,)) is None
