"""The cluster resource: what ready means, and how the word of its end is spread."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provider import probe
from provider.hosts.cluster import ClusterKind
from provider.hosts.session import Sessions
from provider.probe import NotReady, Target
from provider.protocol.messages import PartialFailure, Refused, Request
from provider.protocol.values import Properties, Value
from tests.unit.provider.conftest import Engine
from tests.unit.provider.https import Api, Authority
from tests.unit.provider.sshd import Sshd, free_port

Ask = Callable[..., Request]
NAME = "api.test.internal"
URN = "urn:pulumi:test::quorate::quorate:hosts:Cluster::test"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def api(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    made = Api(authority.pair(tmp_path, NAME))
    # kubeadm's port is a number of the outside world; this server cannot have it on a shared machine
    monkeypatch.setattr("provider.hosts.readiness.API_PORT", made.port)
    yield made
    made.stop()


def target(api: Api, name: str = NAME) -> Target:
    return Target(name="cp1", address="127.0.0.1", port=api.port, server_name=name)


def inputs(api: Api, authority: str, nodes: list[Value] | None = None, **changed: Value) -> Properties:
    node: Value = {"name": "cp1", "address": "127.0.0.1", "port": 22, "user": "root", "privateKeyPath": "/k"}
    return {
        "nodes": nodes or [node],
        "endpoint": {"name": NAME, "port": api.port, "address": "127.0.0.1"},
        "authority": authority,
        **changed,
    }


def test_a_server_that_answers_readyz_is_ready_by_the_endpoints_name_at_its_own_address(
    api: Api, authority: Authority
) -> None:
    probe.ask(target(api), probe.context(authority.pem), seconds=5)


def test_a_server_of_another_name_is_not_ready(api: Api, authority: Authority) -> None:
    with pytest.raises(NotReady, match=r"certificate is refused: .*other\.internal"):
        probe.ask(target(api, "other.internal"), probe.context(authority.pem), seconds=5)


def test_a_server_of_another_authority_is_not_ready(api: Api) -> None:
    with pytest.raises(NotReady, match="certificate is refused"):
        probe.ask(target(api), probe.context(Authority().pem), seconds=5)


def test_an_answer_other_than_200_is_not_ready(api: Api, authority: Authority) -> None:
    api.status = 500
    with pytest.raises(NotReady, match="returns 500"):
        probe.ask(target(api), probe.context(authority.pem), seconds=5)


def test_a_server_that_says_nothing_is_given_up_in_time(authority: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        asked = Target(name="cp1", address="127.0.0.1", port=silent.getsockname()[1], server_name=NAME)
        with pytest.raises(NotReady, match="no response in time"):
            probe.ask(asked, probe.context(authority.pem), seconds=0.3)


def test_a_cluster_exists_when_all_of_it_is_ready(
    cluster: ClusterKind, api: Api, authority: Authority, ask: Ask, engine: Engine
) -> None:
    api.status = 500
    threading.Timer(0.8, lambda: setattr(api, "status", 200)).start()
    identity, state = cluster.create(ask(URN, inputs=inputs(api, authority.pem)))
    assert identity == "test"
    assert state["unready"] == []
    assert any(not line.lasting and "/readyz returns 500" in line.text for line in engine.lines)


def test_a_cluster_that_does_not_come_up_is_kept_and_says_who_is_missing(
    cluster: ClusterKind, api: Api, authority: Authority, ask: Ask
) -> None:
    gone: Properties = {"name": "cp2", "address": "127.0.0.2", "port": 22, "user": "root", "privateKeyPath": "/k"}
    broken = inputs(api, authority.pem, [gone])
    with pytest.raises(
        PartialFailure, match=r"not ready after 1 s: cp2 \(127.0.0.2:\d+\): connection refused"
    ) as failed:
        cluster.create(ask(URN, inputs=broken, seconds=1.0))
    assert failed.value.id == "test"


def test_waiting_ends_with_a_cancel_and_the_cluster_is_kept(
    cluster: ClusterKind, api: Api, authority: Authority, ask: Ask, sessions: Sessions
) -> None:
    api.status = 500
    threading.Timer(0.5, sessions.end).start()
    with pytest.raises(PartialFailure, match="cancelled while waiting for cp1"):
        cluster.create(ask(URN, inputs=inputs(api, authority.pem)))


def test_a_refresh_of_a_cluster_that_is_down_is_drift_and_the_next_update_waits_again(
    cluster: ClusterKind, api: Api, authority: Authority, ask: Ask
) -> None:
    given = inputs(api, authority.pem)
    api.status = 500
    found = cluster.read(ask(URN, inputs=given, state=given)).state
    assert found["unready"]
    assert "unready" in cluster.diff(ask(URN, inputs=given, old_inputs=given, state=found)).paths


def test_how_a_node_is_reached_is_no_reason_to_wait_again(
    cluster: ClusterKind, api: Api, authority: Authority, ask: Ask
) -> None:
    def node(**changed: Value) -> list[Value]:
        return [{"name": "cp1", "address": "10.0.0.1", "port": 22, "user": "root", "privateKeyPath": "/k", **changed}]

    old = inputs(api, authority.pem, node())
    same = inputs(api, authority.pem, node(user="admin", hostKey="ssh-ed25519 AAAA"))
    moved = inputs(api, authority.pem, node(address="10.0.0.2"))
    assert cluster.diff(ask(URN, inputs=same, old_inputs=old, state=old)).paths == {}
    assert set(cluster.diff(ask(URN, inputs=moved, old_inputs=old, state=old)).paths) == {"nodes"}


def reach(sshd: Sshd, name: str) -> Properties:
    return {**sshd.connection, "name": name}


def test_every_node_is_told_that_the_cluster_goes(
    cluster: ClusterKind, sshd: Sshd, api: Api, authority: Authority, ask: Ask
) -> None:
    given = inputs(api, authority.pem, [reach(sshd, "cp1"), reach(sshd, "cp2")])
    cluster.delete(ask(URN, old_inputs=given, state=given))
    assert [report.words for report in sshd.reports] == [["dissolve"], ["dissolve"]]


def test_one_dead_node_does_not_hold_up_the_end(
    *, cluster: ClusterKind, sshd: Sshd, api: Api, authority: Authority, ask: Ask, engine: Engine
) -> None:
    given = inputs(api, authority.pem, [reach(sshd, "cp1"), {**reach(sshd, "cp2"), "port": free_port()}])
    cluster.delete(ask(URN, old_inputs=given, state=given))
    assert len(sshd.reports) == 1
    assert any(line.warning and "cp2" in line.text for line in engine.lines)


def test_a_cluster_of_which_nobody_can_be_reached_is_not_forgotten_unless_its_machines_go_too(
    cluster: ClusterKind, sshd: Sshd, api: Api, authority: Authority, ask: Ask
) -> None:
    sshd.stop()
    given = inputs(api, authority.pem, [reach(sshd, "cp1"), reach(sshd, "cp2")])
    with pytest.raises(Refused, match="none of the cluster's hosts can be reached"):
        cluster.delete(ask(URN, old_inputs=given, state=given))
    cluster.delete(ask(URN, old_inputs={**given, "disposable": True}, state=given))


def test_every_problem_is_told_at_once(cluster: ClusterKind, ask: Ask) -> None:
    broken: Properties = {"nodes": [{"address": "no host"}], "endpoint": {"name": ""}, "authority": "no PEM"}
    problems = cluster.check(ask(URN, inputs=broken)).problems
    for told in ("nodes[0].name", "nodes[0].address", "nodes[0].port", "endpoint", "authority"):
        assert any(told in problem for problem in problems), told
