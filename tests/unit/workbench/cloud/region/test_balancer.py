"""Configurations are judged by HAProxy, with real targets on loopback."""

import http.client
import http.server
import shutil
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from workbench.cloud.balancer.plan import Check, Listener, Target, server
from workbench.cloud.balancer.process import Balancers
from workbench.cloud.services.authority import Authority

pytestmark = pytest.mark.skipif(shutil.which("haproxy") is None, reason="there is no HAProxy")
SECONDS = 15.0
CHECK = Check(protocol="HTTPS", path="/readyz", port=0, status="200", interval=1, timeout=1, healthy=1, unhealthy=1)


class Api:
    """An API server as far as a balancer knows it."""

    def __init__(self, address: str, context: ssl.SSLContext) -> None:
        self.ready = True
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = address.encode()
                self.send_response(200 if api.ready or self.path != "/readyz" else 500)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the standard library's name
                pass

        self._server = http.server.ThreadingHTTPServer((address, 0), Handler)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.target = Target(address=address, port=self._server.server_port, zone="eu-west-1a")
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def context(tmp_path: Path) -> ssl.SSLContext:
    return Authority(tmp_path / "authority").server()


@pytest.fixture
def apis(context: ssl.SSLContext) -> Iterator[list[Api]]:
    made = [Api("127.0.0.1", context), Api("127.0.0.2", context)]
    yield made
    for api in made:
        api.stop()


@contextmanager
def serving(tmp_path: Path, *targets: Target) -> Iterator[tuple[Balancers, int]]:
    with socket.create_server(("127.0.0.3", 0)) as free:
        port = int(free.getsockname()[1])
    balancers = Balancers(tmp_path / "balancers")
    listener = Listener(name="g-1", address="127.0.0.3", port=port, targets=targets, check=CHECK)
    balancers.serve([listener])
    try:
        yield balancers, port
    finally:
        balancers.stop()


def answered(port: int) -> str:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.3", port, timeout=5, context=context)
    connection.request("GET", "/")
    return connection.getresponse().read().decode()


def wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_an_unhealthy_target_gets_no_new_connection(tmp_path: Path, apis: list[Api]) -> None:
    sick, sound = apis
    with serving(tmp_path, sick.target, sound.target) as (balancers, port):
        wait(lambda: len(balancers.health()) == 2)
        sick.ready = False
        wait(lambda: not balancers.health()["g-1", server(sick.target)][0])
        assert {answered(port) for _ in range(6)} == {sound.target.address}
        sick.ready = True
        wait(lambda: balancers.health()["g-1", server(sick.target)][0])
        assert {answered(port) for _ in range(6)} == {sick.target.address, sound.target.address}


def test_with_no_healthy_target_all_of_them_get_connections(tmp_path: Path, apis: list[Api]) -> None:
    for api in apis:
        api.ready = False
    with serving(tmp_path, *(api.target for api in apis)) as (balancers, port):
        wait(lambda: [up for up, _ in balancers.health().values()] == [False, False])
        assert {answered(port) for _ in range(6)} == {api.target.address for api in apis}


def test_a_changed_list_of_targets_cuts_no_connection(tmp_path: Path, apis: list[Api]) -> None:
    with serving(tmp_path, apis[0].target) as (balancers, port):
        wait(lambda: bool(balancers.health()))
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        kept = http.client.HTTPSConnection("127.0.0.3", port, timeout=5, context=context)
        kept.connect()
        both = tuple(api.target for api in apis)
        balancers.serve([Listener(name="g-1", address="127.0.0.3", port=port, targets=both, check=CHECK)])
        wait(lambda: len(balancers.health()) == 2)
        kept.request("GET", "/")
        assert kept.getresponse().read().decode() == apis[0].target.address
