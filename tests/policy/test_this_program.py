"""This program's own stacks pass the pack, in the first preview, when least is known."""

import json
from pathlib import Path

import pytest

from policies.configuration import read
from policies.resources import Resource
from policies.rule import Level
from policies.rules import RULES
from policies.stack import Stack
from policies.views.control_planes import control_planes
from policies.views.control_planes import environment as declared_environment
from policies.views.custody import holders
from policies.views.machines import hosts
from policies.views.purposes import certificates
from tests.policy.judging import judge_resources
from tests.policy.recording import recorded
from workbench.mocks.answers import Answers

ENVIRONMENTS = Path(__file__).resolve().parents[2] / "policies" / "environments"
# Advice in development, refused in production: a rule of AWS cannot tell a packet to a pod from one to its node.
BUILT_IN_PODS = {("P34", f"{ports} is not in the matrix") for ports in ("tcp 1-2378", "tcp 2381-65535", "udp 1-65535")}
WORKER = {"name": "w1", "address": "10.88.0.21", "failureDomain": "machine-4"}
# pytest looks at every name of a module, and the AWS SDK makes its deprecated ones when they are looked at.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module", params=["local", "local with a worker", "dev", "prod"])
def environment(request: pytest.FixtureRequest) -> tuple[str, tuple[Resource, ...]]:
    name: str = request.param
    with pytest.MonkeyPatch.context() as patch:
        if name.startswith("local"):
            config = {"preset": "local", **({"workers": [WORKER]} if name != "local" else {})}
            return "local", recorded(patch, Answers(preview=True), config, stack="local")
        aws = pytest.importorskip(
            "workbench.mocks.aws", reason="the AWS environments need pulumi-aws", exc_type=ImportError
        )
        return name, recorded(patch, aws.Cloud(preview=True), aws.ENVIRONMENTS[name], stack=name)


def test_the_program_passes_without_a_configuration(environment: tuple[str, tuple[Resource, ...]]) -> None:
    _, resources = environment
    found = [(f.rule.id, f.violation.what) for f in judge_resources(resources) if f.level is not Level.ADVISORY]
    assert found == []


def test_a_public_api_with_its_second_balancer_passes() -> None:
    aws = pytest.importorskip("workbench.mocks.aws", reason="it needs pulumi-aws", exc_type=ImportError)
    with pytest.MonkeyPatch.context() as patch:
        resources = recorded(patch, aws.Cloud(preview=True), aws.ENVIRONMENTS["public-api"], stack="dev")
    found = [(f.rule.id, f.violation.what) for f in judge_resources(resources) if f.level is not Level.ADVISORY]
    assert found == []


def test_the_program_passes_with_its_environments_configuration(
    environment: tuple[str, tuple[Resource, ...]],
) -> None:
    name, resources = environment
    configuration = read(RULES, json.loads((ENVIRONMENTS / f"{name}.json").read_text()))
    found = [(f.rule.id, f.violation.what) for f in judge_resources(resources, configuration)]
    assert {finding for finding in found if finding[0] != "P84"} == (BUILT_IN_PODS if name == "dev" else set())


def test_the_pack_sees_every_node_with_its_documents_keys_and_members(
    environment: tuple[str, tuple[Resource, ...]],
) -> None:
    name, resources = environment
    stack = Stack(resources)
    (plane,) = control_planes(stack)
    count = len(plane.nodes)
    assert count >= 3
    machines = [host for host in hosts(stack) if host.is_plane]
    assert {host.address for host in machines} == {node.address for node in plane.nodes}
    assert all(host.kubeadm.cluster.text("controlPlaneEndpoint") and host.etcd["initial-cluster"] for host in machines)
    assert all(len(holder.keys) > 10 for holder in holders(stack) if holder.plane)
    assert not any(holder.keys for holder in holders(stack) if not holder.plane)
    assert len([holder for holder in holders(stack) if holder.plane]) == count
    assert len([c for c in certificates(stack) if c.purpose == "apiserver"]) == count
    assert declared_environment(stack) == name
