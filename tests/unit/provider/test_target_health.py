"""The wait between two instances, against an Elastic Load Balancing that says what the test wants."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from provider.aws.target_health import TargetHealthKind
from provider.protocol.log import EngineLog, Progress
from provider.protocol.messages import Difference, PartialFailure, Request
from provider.protocol.values import UNKNOWN, Properties, Value
from tests.unit.provider.conftest import Engine

URN = "urn:pulumi:test::quorate::quorate:aws:TargetHealth::cp1"
GROUP = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/north-api/0123456789abcdef"
ANSWER = """<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/">
<DescribeTargetHealthResult><TargetHealthDescriptions><member>
<Target><Id>10.20.0.10</Id><Port>6443</Port></Target>
<TargetHealth><State>{}</State><Reason>Target.FailedHealthChecks</Reason></TargetHealth>
</member></TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>"""


class Aws:
    """`states`: what the target is, request by request; the last one stays. None: AWS refuses the request."""

    def __init__(self) -> None:
        self.states: list[str | None] = ["healthy"]
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                state = outer.states.pop(0) if len(outer.states) > 1 else outer.states[0]
                body = ANSWER.format(state).encode()
                self.send_response(200 if state else 403)
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    made = Aws()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "emulated")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_ENDPOINT_URL", made.url)
    monkeypatch.setattr("provider.aws.target_health.PAUSE_SECONDS", 0.05)
    yield made
    made.stop()


@pytest.fixture
def kind() -> TargetHealthKind:
    return TargetHealthKind(threading.Event(), settle=0.2)


def inputs(**changed: Value) -> Properties:
    return {
        "region": "eu-west-1",
        "targetGroup": GROUP,
        "targets": [{"address": "10.20.0.10", "port": 6443.0}],
        "instances": ["i-1"],
        "types": ["m7i.large"],
        "initially": False,
        "connection": {},
        **changed,
    }


def ask(engine: Engine | None = None, **parts: object) -> Request:
    log = EngineLog(engine.address if engine else "")
    return Request(urn=URN, id="cp1", progress=Progress(log, URN), **parts)  # type: ignore[arg-type]


def test_a_creation_returns_at_once_because_the_first_node_alone_is_never_healthy(
    aws: Aws, kind: TargetHealthKind
) -> None:
    identity, state = kind.create(ask(inputs=inputs()))
    assert (identity, state["unhealthy"]) == ("cp1", [])
    assert not aws.asked


def test_the_wait_for_the_whole_cluster_waits_at_its_creation_too(aws: Aws, kind: TargetHealthKind) -> None:
    aws.states = ["initial", "initial", "healthy"]
    kind.create(ask(inputs=inputs(initially=True)))
    assert len(aws.asked) == 3


def test_another_instance_is_waited_for_until_its_target_is_healthy(
    aws: Aws, kind: TargetHealthKind, engine: Engine
) -> None:
    aws.states = ["unhealthy", "initial", "healthy"]
    state = kind.update(ask(engine, inputs=inputs(instances=["i-2"]), old_inputs=inputs(), state=inputs()))
    assert state["unhealthy"] == []
    assert state["instances"] == ["i-2"]
    assert "10.20.0.10:6443 is unhealthy" in engine.text


def test_a_target_that_was_healthy_only_from_before_does_not_count(aws: Aws, kind: TargetHealthKind) -> None:
    aws.states = ["healthy", "unhealthy", "unhealthy", "healthy"]
    kind.update(ask(inputs=inputs(), old_inputs=inputs(), state=inputs()))
    assert len(aws.asked) > 4


def test_a_target_that_stays_sick_stops_the_chain_and_is_waited_for_again(aws: Aws, kind: TargetHealthKind) -> None:
    aws.states = ["unhealthy"]
    with pytest.raises(PartialFailure, match="later nodes are unchanged") as stopped:
        kind.update(ask(inputs=inputs(), old_inputs=inputs(), state=inputs(), seconds=0.2))
    again = kind.diff(ask(inputs=inputs(), old_inputs=inputs(), state=stopped.value.state))
    assert again.paths == {"unhealthy": Difference.OUTSIDE}


def test_an_aws_that_refuses_the_question_is_not_taken_for_health(aws: Aws, kind: TargetHealthKind) -> None:
    aws.states = [None]
    with pytest.raises(PartialFailure, match="the health of the targets cannot be read") as stopped:
        kind.update(ask(inputs=inputs(), old_inputs=inputs(), state=inputs()))
    assert stopped.value.state["unhealthy"]


def test_a_cancelled_wait_is_continued_by_the_next_update(aws: Aws) -> None:
    aws.states = ["unhealthy"]
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(PartialFailure, match=r"cancelled while waiting for 10\.20\.0\.10") as stopped:
        TargetHealthKind(cancelled).update(ask(inputs=inputs(), old_inputs=inputs(), state=inputs()))
    assert stopped.value.state["unhealthy"]


def test_a_refresh_shows_what_is_not_healthy(aws: Aws, kind: TargetHealthKind) -> None:
    aws.states = ["draining"]
    found = kind.read(ask(inputs=inputs(), state=inputs())).state["unhealthy"]
    assert isinstance(found, list)
    assert "is draining" in str(found[0])


@pytest.mark.parametrize(
    "change",
    [
        {"instances": ["i-2"]},
        {"types": ["m7i.xlarge"]},
        {"targets": [{"address": "10.20.1.10", "port": 6443}]},
    ],
)
def test_only_what_stands_behind_the_targets_is_a_reason_to_wait(kind: TargetHealthKind, change: Properties) -> None:
    assert kind.diff(ask(inputs=inputs(**change), old_inputs=inputs(), state=inputs())).paths
    assert not kind.diff(ask(inputs=inputs(), old_inputs=inputs(), state=inputs())).paths
    moved = inputs(connection={"profile": "other"})
    assert not kind.diff(ask(inputs=moved, old_inputs=inputs(), state=inputs())).paths


def test_nothing_is_replaced(kind: TargetHealthKind) -> None:
    change = kind.diff(ask(inputs=inputs(instances=["i-2"]), old_inputs=inputs(), state=inputs()))
    assert not change.replacing


def test_every_problem_is_said_at_once_and_unknown_values_are_passed_over(kind: TargetHealthKind) -> None:
    assert not kind.check(ask(inputs=inputs(targetGroup=UNKNOWN, instances=UNKNOWN))).problems
    problems = kind.check(ask(inputs={"targets": [{"address": ""}], "instances": []})).problems
    assert len(problems) == 4
