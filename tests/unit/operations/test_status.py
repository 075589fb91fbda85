"""`up`, `status` and `verify` share one idea of a healthy cluster."""

from dataclasses import replace

import pytest

from operations import status
from operations.environment import Environment, OperationFailed
from operations.status import NodeStatus, await_well, problems

OF = Environment(
    stack="s",
    cluster="c",
    endpoint_name="api",
    endpoint_port=8443,
    endpoint_address="10.0.0.10",
    authority="",
    hosts=(),
)
WELL = NodeStatus(
    name="cp1",
    address="10.0.0.1",
    api="ready",
    etcd="leader",
    reached=True,
    voter=True,
    leads=True,
    etcd_version="3.6.10",
    unused_bytes=0,
    owns_address=True,
    certificate_days=300,
    certificate="x",
    problem="",
)
SECOND = replace(WELL, name="cp2", owns_address=False)


def test_nothing_is_wrong_with_healthy_nodes_and_one_owner() -> None:
    assert problems(OF, (WELL, SECOND)) == []


def test_an_address_on_two_nodes_or_on_none_is_a_problem_with_its_likely_cause() -> None:
    assert problems(OF, (WELL, replace(SECOND, owns_address=True))) == [
        "cp1, cp2 all have the address 10.0.0.10: is VRRP (protocol 112) blocked between the nodes?"
    ]
    assert "no node has the address" in problems(OF, (SECOND,))[0]
    assert problems(replace(OF, endpoint_address=None), (SECOND,)) == []


def test_an_update_after_which_a_node_is_not_well_fails_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    dead = replace(SECOND, problem="kubelet is activating (auto-restart)")
    monkeypatch.setattr(status, "gather", lambda _: (WELL, dead))
    with pytest.raises(OperationFailed, match=r"still unhealthy after 0 s:\n  cp2: kubelet is activating"):
        await_well(OF, seconds=0.0)
