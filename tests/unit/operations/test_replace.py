"""On AWS a node is replaced by its instance alone: its member, its volume and its address stay."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from agent.model.json_reading import Json
from operations import replace as replacing
from operations import status
from operations.environment import Environment, OperationFailed
from operations.stack_file import StackFile
from tests.unit.operations.aws_state import environment, resources

NODES = {"cp1": "10.20.0.10", "cp2": "10.20.1.10", "cp3": "10.20.2.10"}
URN = "urn:pulumi:dev::quorate::{}::{}"
ATTACHMENT, HEALTH = "aws:ec2/volumeAttachment:VolumeAttachment", "quorate:aws:TargetHealth"


def dev() -> Environment:
    found: list[dict[str, object]] = [
        {"type": type_, "urn": URN.format(type_, name), "inputs": {"initially": name == "dev"}}
        for type_, names in ((ATTACHMENT, NODES), (HEALTH, [*NODES, "dev"]))
        for name in names
    ]
    return environment((*resources(NODES, keys={}), *(Json(one, "state") for one in found)))


def node(name: str, *, well: bool) -> status.NodeStatus:
    return status.NodeStatus(
        name=name,
        address=NODES[name],
        api="ready" if well else "-",
        etcd="follower" if well else "-",
        reached=well,
        voter=well,
        leads=False,
        etcd_version="3.6.10",
        unused_bytes=0,
        owns_address=False,
        certificate_days=None,
        certificate="",
        problem="" if well else "no answer",
    )


def seen(monkeypatch: pytest.MonkeyPatch, *well: str) -> None:
    monkeypatch.setattr(status, "gather", lambda _: tuple(node(name, well=name in well) for name in NODES))


def test_an_instance_that_does_not_answer_may_be_replaced_and_one_that_the_quorum_needs_may_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen(monkeypatch, "cp1", "cp3")
    assert not replacing.permitted(dev(), "cp2").reached
    seen(monkeypatch, "cp2", "cp3")
    with pytest.raises(OperationFailed, match=r"cp2 is not replaced: 2 of the other 2 nodes .* 1 are \(cp1: no answer"):
        replacing.permitted(dev(), "cp2")


def test_the_update_replaces_the_instance_and_is_limited_to_what_follows_from_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran: list[Sequence[str]] = []
    monkeypatch.setattr(replacing, "pulumi", lambda *words: ran.append(words))
    monkeypatch.setattr(replacing, "ask", lambda *_, **__: pytest.fail("the member does not leave"))
    monkeypatch.setattr(replacing, "_wait", lambda *_: None)
    monkeypatch.setattr(StackFile, "reach", lambda _: None)
    file = StackFile("dev", tmp_path / "Pulumi.dev.yaml")
    replacing.replace(dev(), "cp2", node=node("cp2", well=True), file=file)
    (words,) = ran
    instance = "urn:pulumi:dev::quorate::x::cp2"
    assert words[words.index("--replace") + 1] == instance
    targets = [after for word, after in pairwise(words) if word == "--target"]
    convergence = "urn:pulumi:dev::quorate::x::any"
    assert targets == [
        instance,
        URN.format(ATTACHMENT, "cp2"),
        URN.format(HEALTH, "cp2"),
        convergence,
        URN.format(HEALTH, "dev"),
    ]
    assert "--refresh" not in words
