"""A client that did not receive an answer sends its request again: see workbench/cloud/replay.py."""

import threading
import urllib.request
from collections.abc import Iterable
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.parse import urlencode
from uuid import uuid4
from wsgiref.util import setup_testing_defaults

from tests.unit.workbench.cloud.conftest import REGION, Network
from workbench.cloud.cloud import Cloud
from workbench.cloud.journal import Environ, calls
from workbench.cloud.replay import Replay

SIGNATURE = f"AWS4-HMAC-SHA256 Credential=emulated/20261130/{REGION}/ec2/aws4_request"


def send(endpoint: str, invocation: str, attempt: int, **parameters: str) -> tuple[int, bytes]:
    request = urllib.request.Request(  # noqa: S310 -- loopback
        endpoint,
        data=urlencode({"Version": "2016-11-15", **parameters}).encode(),
        headers={
            "Authorization": SIGNATURE,
            "Content-Type": "application/x-www-form-urlencoded",
            "amz-sdk-invocation-id": invocation,
            "amz-sdk-request": f"attempt={attempt}; max=25",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 -- loopback
            return answer.status, answer.read()
    except HTTPError as refused:
        return refused.code, refused.read()


def test_a_deletion_that_is_sent_twice_succeeds_twice_and_is_executed_once(cloud: Cloud, network: Network) -> None:
    subnet, invocation = network.subnets[0], str(uuid4())
    first, again = (
        send(cloud.start(), invocation, attempt, Action="DeleteSubnet", SubnetId=subnet) for attempt in (1, 2)
    )
    assert first[0] == HTTPStatus.OK
    assert again == first
    assert [each.action for each in calls(cloud.calls) if subnet in each.names.values()] == ["DeleteSubnet"]


def test_another_deletion_of_the_same_resource_is_refused(cloud: Cloud, network: Network) -> None:
    statuses = [
        send(cloud.start(), str(uuid4()), 1, Action="DeleteSubnet", SubnetId=network.subnets[1])[0] for _ in range(2)
    ]
    assert statuses == [HTTPStatus.OK, HTTPStatus.BAD_REQUEST]


class Application:
    """Counts what it executes; each execution waits for `go`."""

    def __init__(self, *statuses: str) -> None:
        self.statuses = [*statuses]
        self.executed = 0
        self.go = threading.Event()
        self.begun = threading.Event()

    def __call__(self, _environ: Environ, start: object) -> Iterable[bytes]:
        self.executed += 1
        self.begun.set()
        assert self.go.wait(30)
        assert callable(start)
        start(self.statuses.pop(0), [])
        return [b"answer ", str(self.executed).encode()]


def ask(replay: Replay, invocation: str) -> tuple[str, bytes]:
    environ: Environ = {"REQUEST_METHOD": "POST", "HTTP_AMZ_SDK_INVOCATION_ID": invocation}
    setup_testing_defaults(environ)
    statuses: list[str] = []
    body = b"".join(replay(environ, lambda status, _headers: statuses.append(status)))
    return statuses[0], body


def test_a_retry_waits_for_the_attempt_that_is_being_executed() -> None:
    application = Application("200 OK")
    replay, answers = Replay(application), list[tuple[str, bytes]]()
    threads = [threading.Thread(target=lambda: answers.append(ask(replay, "one"))) for _ in range(2)]
    threads[0].start()
    assert application.begun.wait(30)
    threads[1].start()
    application.go.set()
    for thread in threads:
        thread.join(30)
    assert answers == [("200 OK", b"answer 1")] * 2


def test_a_retry_after_a_failure_of_the_service_is_executed() -> None:
    application = Application("503 Slow Down", "200 OK")
    application.go.set()
    replay = Replay(application)
    assert [ask(replay, "one")[0] for _ in range(3)] == ["503 Slow Down", "200 OK", "200 OK"]
    assert application.executed == 2


def test_the_oldest_answers_are_forgotten() -> None:
    application = Application(*["200 OK"] * 4)
    application.go.set()
    replay = Replay(application, kept=2)
    for invocation in ("one", "two", "three", "one"):
        ask(replay, invocation)
    assert application.executed == 4
