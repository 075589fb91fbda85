import pytest

from plan import make
from tests.unit.plan.aws_site import refusals as aws_refusals
from tests.unit.plan.site import refusal, refusals, settings

WORKER = {"name": "w1", "address": "10.1.0.21", "failureDomain": "room-1"}


def test_a_worker_is_a_node_of_kubernetes_and_no_member() -> None:
    plan = make(settings({"workers": [WORKER]}))
    assert [node.name for node in plan.kubernetes_nodes] == ["cp1", "cp2", "cp3", "w1"]
    assert [member.name for member in plan.members] == ["cp1", "cp2", "cp3"]
    assert [str(one) for one in plan.workers[0].pod_ranges] == ["10.244.21.0/24"]


def test_nothing_leads_from_a_worker_to_etcd_or_to_a_kubelet_of_the_control_plane() -> None:
    plan = make(settings({"workers": [WORKER]}))
    reached = {(port.target, port.number) for port in plan.ports if port.source == "workers"}
    assert reached == {("nodes", 8443), ("nodes", 6443), ("time-source", 123)}


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"name": "cp1"}, "workers[0].name"),
        ({"address": "10.1.0.11"}, "workers[0].address"),
        ({"address": "10.2.0.21"}, "workers[0].address"),
        ({"podRanges": ["10.244.12.0/24"]}, "workers[0].podRanges"),
    ],
)
def test_a_worker_is_another_machine_in_the_hosts_network(change: dict[str, object], at: str) -> None:
    assert at in {one.at for one in refusals({"workers": [{**WORKER, **change}]})}


def test_the_pods_of_workers_need_room_too() -> None:
    workers = [{**WORKER, "name": f"w{i}", "address": f"10.1.0.{20 + i}"} for i in range(2)]
    assert "on each of 5 nodes" in refusal({"network.pods": ["10.244.0.0/22"], "workers": workers}).what


def test_workers_on_aws_are_somebody_elses() -> None:
    worker = {"name": "w1", "address": "10.20.0.99", "failureDomain": "eu-west-1a"}
    assert "workers" in {one.at for one in aws_refusals({"workers": [worker]})}
