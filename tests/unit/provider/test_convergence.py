"""An update ends when the nodes have applied it, and fails with the node's own reason."""

import threading
from collections.abc import Mapping

import pytest

from provider.aws.convergence import ConvergenceKind
from provider.aws.replacement import ReplacementKind
from provider.aws.reports import Report, _read
from provider.protocol.log import EngineLog, Progress
from provider.protocol.messages import Difference, PartialFailure, Refused, Request
from provider.protocol.values import UNKNOWN, Properties, Value

URN = "urn:pulumi:dev::quorate::quorate:aws:Convergence::dev"
NODES = ("cp1", "cp2", "cp3")


def report(node: str, state: str = "converged", **changed: object) -> Report:
    given: dict[str, object] = {
        "digest": "wanted",
        "state": state,
        "reason": "",
        "attempts": 0,
        "instance": f"i-{node}",
        "host_key": f"ssh-ed25519 {node}",
        **changed,
    }
    return Report(**given)  # type: ignore[arg-type]  # a test's own mapping


class Bucket:
    """`looks`: what each look at the bucket finds, by node; the last one stays."""

    def __init__(self, *looks: Mapping[str, Report | None] | Refused) -> None:
        self._looks = list(looks)
        self._read = 0

    def of(self, key: str) -> Report | None:
        now = self._looks[min(self._read // len(NODES), len(self._looks) - 1)]
        self._read += 1
        if isinstance(now, Refused):
            raise now
        return now.get(key)


def all_(**changed: Report | None) -> Mapping[str, Report | None]:
    return {**{node: report(node) for node in NODES}, **changed}


def inputs(**changed: Value) -> Properties:
    nodes: list[Value] = [{"name": n, "key": n, "digest": "wanted", "instance": f"i-{n}"} for n in NODES]
    return {"region": "eu-west-1", "bucket": "files", "nodes": nodes, "authority": "PEM", "connection": {}, **changed}


def ask(**parts: object) -> Request:
    return Request(urn=URN, id="dev", progress=Progress(EngineLog(""), URN), **parts)  # type: ignore[arg-type]


def keys(state: Properties) -> list[Value]:
    nodes = state["nodes"]
    assert isinstance(nodes, list)
    return [one["hostKey"] for one in nodes if isinstance(one, dict)]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provider.aws.convergence.PAUSE_SECONDS", 0.001)


def kind(*looks: Mapping[str, Report | None] | Refused) -> ConvergenceKind:
    bucket = Bucket(*looks)
    return ConvergenceKind(threading.Event(), lambda _: bucket)


def test_an_update_waits_until_every_node_has_applied_it_and_keeps_their_host_keys() -> None:
    waits = kind(
        {},
        all_(cp1=report("cp1", digest="before"), cp2=None),
        all_(cp3=report("cp3", "applying")),
        all_(cp3=report("cp3", "failed", attempts=1, reason="a peer was not there yet")),
        all_(),
    )
    _, state = waits.create(ask(inputs=inputs()))
    assert state["unfinished"] == []
    assert keys(state) == [f"ssh-ed25519 {n}" for n in NODES]


def test_a_node_that_fails_ends_the_update_with_its_own_reason() -> None:
    failed = report("cp2", "failed", attempts=2, reason="etcd 3.6.10 is not in the store")
    with pytest.raises(PartialFailure, match=r"cp2 failed 2 times: etcd 3\.6\.10 is not in the store") as caught:
        kind({}, all_(cp2=failed)).create(ask(inputs=inputs()))
    assert caught.value.state["unfinished"] == ["cp2: failed (etcd 3.6.10 is not in the store)"]


def test_a_failure_of_before_the_update_does_not_end_it() -> None:
    before = report("cp2", "failed", attempts=7, reason="no route")
    assert kind(all_(cp2=before), all_(cp2=before), all_()).update(ask(inputs=inputs()))["unfinished"] == []
    again = report("cp2", "failed", attempts=8, reason="no route")
    with pytest.raises(PartialFailure, match="cp2 failed 8 times"):
        kind(all_(cp2=before), all_(cp2=again)).update(ask(inputs=inputs()))


def test_the_report_of_a_replaced_instance_is_neither_believed_nor_pinned() -> None:
    old = report("cp1", instance="i-former")
    with pytest.raises(PartialFailure, match="cp1: no report of the new instance yet"):
        kind(all_(cp1=old)).update(ask(inputs=inputs(), seconds=0.01))
    nameless = report("cp1", instance="")
    state = kind(all_(cp1=nameless)).update(ask(inputs=inputs()))
    assert keys(state)[0] == ""


def test_a_node_that_never_reports_is_named_with_where_to_look() -> None:
    with pytest.raises(PartialFailure, match=r"cp3: no report yet.*get-console-output"):
        kind(all_(cp3=None)).create(ask(inputs=inputs(), seconds=0.01))


def test_an_instance_that_never_reports_ends_the_wait_early_with_what_its_image_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("provider.aws.convergence.SILENT_SECONDS", 0.01)
    old = report("cp2", instance="i-former")
    with pytest.raises(PartialFailure, match=r"cp2, cp3: no report for 0 s.*Python 3\.11") as caught:
        kind(all_(cp2=old, cp3=None)).create(ask(inputs=inputs(), seconds=60.0))
    assert caught.value.state["unfinished"] == ["cp2: no report of the new instance yet", "cp3: no report yet"]
    slow = report("cp3", "applying")
    with pytest.raises(PartialFailure, match="not converged"):
        kind(all_(cp3=slow)).create(ask(inputs=inputs(), seconds=0.05))


def test_expired_credentials_leave_the_wait_to_the_next_update() -> None:
    with pytest.raises(PartialFailure, match="ExpiredToken") as caught:
        kind(Refused("the report cannot be read: ExpiredToken")).update(ask(inputs=inputs()))
    after = ask(inputs=inputs(), old_inputs=inputs(), state=caught.value.state)
    assert kind(all_()).diff(after).paths == {"unfinished": Difference.OUTSIDE}


def test_without_a_change_nothing_is_waited_for() -> None:
    _, state = kind(all_()).create(ask(inputs=inputs()))
    same = ask(inputs=inputs(connection={"profile": "mine"}), old_inputs=inputs(), state=state)
    assert kind(all_()).diff(same).paths == {}


def test_a_preview_reads_no_bucket_and_accepts_what_is_not_known_yet() -> None:
    unknown: list[Value] = [{"name": "cp1", "key": "cp1", "digest": UNKNOWN, "instance": UNKNOWN}]
    assert kind().check(ask(inputs=inputs(nodes=unknown))).problems == []
    assert kind().create(ask(inputs=inputs(nodes=unknown), preview=True))[0] == ""
    assert len(kind().check(ask(inputs={"nodes": []})).problems) == 3


def test_a_report_is_what_an_agent_writes() -> None:
    found = _read(b'{"digest": "d", "state": "applying", "hostKeys": ["ssh-rsa A", "ssh-ed25519 B"]}', "k")
    assert (found.digest, found.state, found.host_key, found.attempts) == ("d", "applying", "ssh-ed25519 B", 0)
    with pytest.raises(Refused, match="was not written by an agent"):
        _read(b"[]", "k")


class Group:
    def __init__(self, *unhealthy: str) -> None:
        self.result = unhealthy

    def unhealthy(self, targets: object) -> tuple[str, ...]:
        self.seen = targets
        return self.result


def guarded(**causes: str) -> Properties:
    targets: list[Value] = [{"name": n, "address": f"10.20.0.{i}", "port": 6443.0} for i, n in enumerate(causes)]
    return {"region": "eu-west-1", "targetGroup": "arn", "targets": targets, "causes": dict(causes)}


def test_no_instance_is_replaced_while_another_node_is_unhealthy() -> None:
    change = ask(inputs=guarded(cp1="new", cp2="new"), old_inputs=guarded(cp1="old", cp2="old"))
    sick = Group("10.20.0.1:6443 is unhealthy")
    with pytest.raises(
        Refused, match=r"cp1, cp2 would be replaced while 10.20.0.1:6443 is unhealthy.*operations replace"
    ):
        ReplacementKind(lambda _: sick).update(change)
    assert ReplacementKind(lambda _: Group()).update(change)["causes"] == {"cp1": "new", "cp2": "new"}


def test_a_node_more_or_less_is_no_replacement() -> None:
    grown = ask(inputs=guarded(cp1="old", cp2="new"), old_inputs=guarded(cp1="old"))
    assert ReplacementKind(lambda _: Group("anything")).update(grown)["causes"] == {"cp1": "old", "cp2": "new"}


def test_a_new_environment_has_nothing_to_lose() -> None:
    made = ReplacementKind(lambda _: Group("anything")).create(ask(inputs=guarded(cp1="new")))
    assert made[1]["causes"] == {"cp1": "new"}
