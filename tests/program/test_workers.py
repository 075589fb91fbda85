"""Workers as the engine would be told them."""

from functools import cache

from workbench.mocks.answers import Answers
from workbench.mocks.recorder import Recorded, Run, run_program

NODE = "quorate:hosts:Node"
WORKER = {"name": "w1", "address": "10.88.0.21", "failureDomain": "machine-4"}


@cache
def program() -> Run:
    return run_program(Answers(), config={"preset": "local", "workers": [WORKER]})


def files(node: Recorded, group: str) -> set[str]:
    found = node.inputs[group]
    assert isinstance(found, dict)
    return set(found)


def test_a_worker_gets_no_key_and_nothing_of_etcd_or_the_control_plane() -> None:
    worker = program().one(NODE, "w1")
    assert files(worker, "secrets") == set()
    assert not [path for path in files(worker, "files") if "etcd" in path or "manifests" in path or "kubeadm" in path]
    assert [path for path in files(worker, "files") if "/pki/" in path] == ["/etc/kubernetes/pki/ca.crt"]
    assert "peerUrl" not in str(worker.inputs["manifest"])


def test_a_worker_waits_for_every_control_plane_node_and_may_knock_at_each() -> None:
    run = program()
    worker = run.one(NODE, "w1")
    planes = [run.one(NODE, name) for name in ("cp1", "cp2", "cp3")]
    assert {plane.urn for plane in planes} <= set(worker.dependencies)
    doors = worker.inputs["admission"]
    assert isinstance(doors, list)
    assert [door["name"] for door in doors if isinstance(door, dict)] == ["cp1", "cp2", "cp3"]


def test_the_approver_has_a_key_of_its_own_where_there_are_workers_only() -> None:
    approver = "/etc/kubernetes/pki/approver.key"
    assert approver in files(program().one(NODE, "cp1"), "secrets")
    alone = run_program(Answers(), config={"preset": "local"})
    assert approver not in files(alone.one(NODE, "cp1"), "secrets")
    assert "quorate-approver" not in str(files(alone.one(NODE, "cp1"), "files"))
