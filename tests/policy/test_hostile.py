"""No document ends the pack, delays it, or costs an answer."""

import random

import pytest
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

from policies.properties import UNKNOWN, Properties
from policies.resources import Resource
from policies.rules import RULES
from policies.server import Analyzer
from tests.policy.fuzz import SLOWEST, fuzz
from tests.policy.hostile_documents import bombs
from tests.policy.hostile_inputs import COMMAND, INSTANCE, NODE
from tests.policy.judging import judge_resources
from tests.policy.timing import timed

INPUTS = 300  # of the nightly 100,000: `python -m tests.policy.fuzz --inputs 100000`
KUBEADM = "/etc/kubernetes/quorate/kubeadm.yaml"


class Largest(random.Random):
    """Chooses the largest bomb of each kind."""

    def randint(self, a: int, b: int) -> int:  # noqa: ARG002 -- the signature of random.Random
        return b


def answered(kind: str, properties: dict[str, object]) -> tuple[list[str], float]:
    """The messages about one resource, and the seconds of processor time that they took."""
    struct = json_format.ParseDict(properties, struct_pb2.Struct())
    resource = pb.AnalyzerResource(type=kind, name="m", urn=f"urn:pulumi:prod::p::{kind}::m", properties=struct)
    request = pb.AnalyzeStackRequest(resources=[resource])
    answer, seconds = timed(lambda: Analyzer(RULES).AnalyzeStack(request, None))  # type: ignore[arg-type]  # not used
    return [d.message for d in answer.diagnostics], seconds


@pytest.mark.parametrize("number", range(len(bombs())))
def test_a_hostile_document_is_answered_soon(number: int) -> None:
    text = bombs()[number](Largest())
    ways: list[tuple[str, dict[str, object]]] = [
        (INSTANCE, {"userData": text}),
        (NODE, {"name": "m", "manifest": "{}", "files": {KUBEADM: {"content": text}}}),
        (COMMAND, {"connection": {"host": "10.0.0.1"}, "create": text}),
    ]
    for kind, properties in ways:
        messages, seconds = answered(kind, properties)
        assert not [message for message in messages if "the rule itself failed" in message]
        assert seconds < SLOWEST


def test_mutated_documents_leave_the_server_alive_and_every_rule_able_to_answer() -> None:
    slowest, _, failed = fuzz(0, INPUTS)
    assert failed == []
    assert slowest < SLOWEST


@pytest.mark.parametrize(
    "text", ["#cloud-config\na: [", "H4sIAAAAAAAAA0vOzy0oSi0uTk0BAA==", "Content-Type: multipart/mixed\n\nx"]
)
def test_a_web_machine_with_user_data_that_cannot_be_read_gets_no_finding(text: str) -> None:
    assert answered(INSTANCE, {"userData": text})[0] == []


def test_a_document_in_scope_that_cannot_be_read_is_one_finding_that_names_the_others() -> None:
    content = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\na: [\n"
    messages, _ = answered(NODE, {"name": "m", "manifest": "{}", "files": {KUBEADM: {"content": content}}})
    undecided = [message for message in messages if "cannot be decided" in message]
    assert len(undecided) == 1
    assert "also undecided: " in undecided[0]


def test_half_a_character_in_a_document_costs_no_finding() -> None:
    content = (
        '{"apiVersion": "kubeadm.k8s.io/v1beta3", "kind": "ClusterConfiguration", "controlPlaneEndpoint": "\\ud800"}'
    )
    messages, _ = answered(NODE, {"name": "m", "manifest": "{}", "files": {KUBEADM: {"content": content}}})
    assert any("v1beta3" in message for message in messages)


def test_a_machine_of_which_only_the_document_is_unknown_is_undecided_once_and_only_behind_the_api() -> None:
    urn = f"urn:pulumi:prod::p::{INSTANCE}::m"
    hidden = Resource(type=INSTANCE, name="m", urn=urn, properties=Properties(values={"userData": UNKNOWN}, urn=urn))
    assert judge_resources((hidden,)) == []
