"""The tunnel of an Instance Connect Endpoint: bytes arrive whole, and each refusal says what to do."""

import hashlib
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from operations.aws.session import Account
from operations.tunnel.endpoint import Endpoint
from tests.unit.operations.aws_state import ENDPOINT, REGION
from tests.unit.operations.instance_connect import InstanceConnect

ROOT = Path(__file__).resolve().parents[3]


def through(
    endpoint: InstanceConnect,
    address: str = "10.20.0.10",
    *,
    data: bytes = b"",
    name: str = "",
    id_: str = ENDPOINT,
    variables: Mapping[str, str | None] | None = None,
) -> "subprocess.CompletedProcess[bytes]":
    words = Endpoint(id=id_, name=name or endpoint.name, account=Account(region=REGION)).words
    given = {key: value for key, value in {**endpoint.variables, **(variables or {})}.items() if value is not None}
    command = [sys.executable, "-m", "operations.tunnel", address, "22", *words]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=given, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        if data:
            process.stdin.write(data)
            process.stdin.flush()
        # Its input stays open until the far side has ended the connection, as ssh keeps it.
        found = process.stdout.read(), process.stderr.read()
        return subprocess.CompletedProcess(command, process.wait(60), *found)


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InstanceConnect]:
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                size = int.from_bytes(client.recv(8, socket.MSG_WAITALL))
                digest = hashlib.sha256(client.recv(size, socket.MSG_WAITALL)).digest()
                client.sendall(digest + bytes(size))

    threading.Thread(target=answer, daemon=True).start()
    made = InstanceConnect(tmp_path_factory.mktemp("eice"), {("10.20.0.10", 22): listener.getsockname()})
    yield made
    made.stop()
    listener.close()


def test_bytes_go_both_ways_whole_through_a_signed_websocket(endpoint: InstanceConnect) -> None:
    size = 3_000_001
    data = os.urandom(size)
    done = through(endpoint, data=size.to_bytes(8) + data)
    assert done.returncode == 0, done.stderr
    assert done.stdout == hashlib.sha256(data).digest() + bytes(size)
    assert endpoint.opened[-1]["privateIpAddress"] == "10.20.0.10"
    assert endpoint.opened[-1]["X-Amz-Expires"] == "60"


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "of-another-account"}, "status 403.*OpenTunnel"),
        ({"AWS_ACCESS_KEY_ID": None, "AWS_EC2_METADATA_DISABLED": "true"}, "no AWS credentials.*aws sso login"),
        ({"AWS_PROFILE": "unknown"}, "no AWS credentials.*unknown"),
        ({"AWS_CA_BUNDLE": None}, "certificate is not trusted.*AWS_CA_BUNDLE"),
    ],
)
def test_a_refusal_says_what_to_do(endpoint: InstanceConnect, variables: dict[str, str | None], says: str) -> None:
    done = through(endpoint, variables=variables)
    assert done.returncode == 1
    assert re.search(says, done.stderr.decode()), done.stderr.decode()


def test_an_instance_that_does_not_answer_is_named_with_what_to_check(endpoint: InstanceConnect) -> None:
    done = through(endpoint, "10.20.0.99")
    assert done.returncode == 1
    assert "no connection to 10.20.0.99:22" in done.stderr.decode()
    assert "security groups" in done.stderr.decode()


def test_an_endpoint_that_is_gone_is_named(endpoint: InstanceConnect) -> None:
    assert "cannot be reached: its name cannot be resolved" in through(endpoint, name="eice.invalid").stderr.decode()
    assert "status 400" in through(endpoint, id_="eice-other").stderr.decode()


def test_no_secret_is_in_the_arguments_of_a_tunnel() -> None:
    words = Endpoint(id=ENDPOINT, name="eice.example", account=Account(region=REGION, profile="production")).words
    assert words == ("--endpoint", ENDPOINT, "--name", "eice.example", "--region", REGION, "--profile", "production")
