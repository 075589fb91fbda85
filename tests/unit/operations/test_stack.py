"""What operations know of an environment, read from the state that the CLI exports."""

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from operations.environment import OperationFailed
from operations.stack import environment
from tests.unit.operations.aws_state import resources

Export = Callable[[object], None]


@pytest.fixture
def export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Export:
    """Makes `pulumi stack export` print this state."""

    def say(state: object) -> None:
        (tmp_path / "state.json").write_text(json.dumps(state))
        program = tmp_path / "pulumi"
        program.write_text(f'#!/bin/sh\ncat "{tmp_path}/state.json"\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    return say


def state(*nodes: str, outputs: dict[str, object], more: Sequence[object] = ()) -> object:
    connection = {"address": "192.0.2.11", "port": 22, "user": "ops", "privateKeyPath": "keys/one"}
    plane = {
        "cluster": "berlin",
        "endpoint": {"name": "api.berlin.example.com", "port": 8443, "address": "192.0.2.10"},
        "nodes": [{"name": "cp1"}, {"name": "cp2"}],
    }
    resources = [
        {"type": "pulumi:pulumi:Stack", "outputs": outputs},
        {"type": "quorate:index:ControlPlane", "inputs": plane},
        *(
            {
                "type": "quorate:hosts:Node",
                "inputs": {"name": name, "connection": connection},
                "outputs": {"hostKey": "ssh-ed25519 AAAA"},
            }
            for name in nodes
        ),
        *more,
    ]
    return {"version": 3, "deployment": {"resources": resources}}


def test_hosts_are_known_after_an_update_that_failed_and_kept_no_outputs(export: Export) -> None:
    export(state("cp1", outputs={}))
    found = environment("berlin")
    assert [host.name for host in found.hosts] == ["cp1"]
    assert found.endpoint_address == "192.0.2.10"
    assert found.hosts[0].host_key == "ssh-ed25519 AAAA"


def test_dedicated_balancers_are_not_asked_for_a_control_plane(export: Export) -> None:
    export(state("cp1", "lb1", outputs={}))
    assert [host.name for host in environment("berlin").hosts] == ["cp1"]


def test_a_stack_without_hosts_is_told_with_the_command_that_makes_them(export: Export) -> None:
    export({"version": 3, "deployment": {}})
    with pytest.raises(OperationFailed, match="make up STACK=berlin"):
        environment("berlin")


def test_a_state_of_another_shape_is_named_by_its_path(export: Export) -> None:
    export({"version": 3, "deployment": {"resources": [{"type": "quorate:index:ControlPlane"}, {"type": 7}]}})
    with pytest.raises(OperationFailed, match=r"state of berlin.*inputs must be an object"):
        environment("berlin")


def test_instances_are_hosts_behind_the_way_that_the_stack_describes(export: Export) -> None:
    found = [one.value for one in resources({"cp1": "10.20.0.10"}, keys={"cp1": "ssh-ed25519 AAAA"})]
    former = {"type": "aws:ec2/instance:Instance", "urn": "urn::cp1", "id": "i-0former", "delete": True}
    export({"version": 3, "deployment": {"resources": [*found, former]}})
    of = environment("dev")
    assert [(host.name, host.address, host.user, host.host_key) for host in of.hosts] == [
        ("cp1", "10.20.0.10", "admin", "ssh-ed25519 AAAA")
    ]
    assert of.hosts[0].instance is not None
    assert of.hosts[0].instance.id == "i-cp1"
    assert (of.proxy_port, of.authority) == (23456, "PEM")


def test_an_update_of_one_node_also_tells_the_cluster_how_that_node_is_reached_now(export: Export) -> None:
    known = [
        {"type": "quorate:hosts:Cluster", "urn": "the cluster", "inputs": {"authority": "PEM"}},
        {"type": "quorate:hosts:Bridge", "urn": "the bridge"},
    ]
    export(state("cp1", outputs={}, more=known))
    assert "the cluster" in environment("berlin").hosts[0].urns
    assert "the bridge" not in environment("berlin").hosts[0].urns
