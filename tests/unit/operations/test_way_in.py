"""The whole way in: SSH through a signed tunnel, and the API by name through a proxy that changes nodes."""

import http.client
import ssl
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.model.json_reading import Json
from operations.aws import host_keys
from operations.aws.instances import hosts, proxy_port, tunnel
from operations.environment import PROJECT, Environment, Host, OperationFailed
from operations.proxy import control
from operations.proxy.route import Route
from operations.proxy.server import Server
from operations.remote import run
from tests.unit.operations.aws_state import ENDPOINT, resources
from tests.unit.operations.instance_connect import KEYS, InstanceConnect
from tests.unit.provider.https import Api, Authority
from tests.unit.provider.sshd import ABSENT, Sshd, keygen, public

pytestmark = pytest.mark.skipif(bool(ABSENT), reason=ABSENT)
NODES = {"cp1": "10.20.0.10", "cp2": "10.20.0.11"}


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Sshd]]:
    made = {name: Sshd(tmp_path_factory.mktemp(name)) for name in NODES}
    yield made
    for server in made.values():
        server.stop()


@pytest.fixture
def endpoint(servers: dict[str, Sshd], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InstanceConnect]:
    made = InstanceConnect(tmp_path, {(NODES[name], 22): ("127.0.0.1", one.port) for name, one in servers.items()})
    for name, value in {**KEYS, "AWS_CA_BUNDLE": str(made.bundle), "AWS_CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(name, value)
    yield made
    made.stop()


@pytest.fixture
def found(servers: dict[str, Sshd], endpoint: InstanceConnect) -> tuple[Host, ...]:
    """As the state of a stack has them; only the key to enter is each test server's own."""
    state = resources(NODES, endpoint=endpoint.name, keys={n: public(s.host_key) for n, s in servers.items()})
    plane = next(one["inputs"] for one in state if one["type"].text() == "quorate:index:ControlPlane")
    return tuple(replace(host, user="root", key_path=servers[host.name].key) for host in hosts(plane, state))


def test_a_command_runs_on_an_instance_through_the_tunnel(found: tuple[Host, ...], endpoint: InstanceConnect) -> None:
    assert [host.name for host in found] == ["cp1", "cp2"]
    assert run(found[1], "cat", stdin=b"by way of AWS") == "by way of AWS"
    assert endpoint.opened[-1]["privateIpAddress"] == NODES["cp2"]


def test_another_host_behind_the_tunnel_is_not_believed(found: tuple[Host, ...], tmp_path: Path) -> None:
    stranger = replace(found[0], host_key=public(keygen(tmp_path / "other")))
    with pytest.raises(OperationFailed, match=r"cp1 .* cannot be reached by SSH"):
        run(stranger, "true")


def test_a_refused_tunnel_is_named_in_the_failure_of_the_operation(
    found: tuple[Host, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "expired")
    with pytest.raises(OperationFailed, match=f"(?s)cp1 .*{ENDPOINT} refuses the tunnel with status 403"):
        run(found[0], "true")


def test_an_instance_without_a_known_host_key_is_not_dialled(
    found: tuple[Host, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keyless, instance = replace(found[0], host_key=""), found[0].instance
    assert instance is not None
    monkeypatch.setattr(host_keys, "_console", lambda *_: "booting ...")
    with pytest.raises(OperationFailed, match="console of i-cp1 does not show its SSH host key yet"):
        host_keys.host_key(keyless.name, instance, kept=tmp_path)


def test_the_host_key_is_read_from_what_cloud_init_prints() -> None:
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBCzQ3N9vZx0W5h5pX0mQw4m0h7m3pY8w2b1k6n9r4tD"
    text = f"noise\n-----BEGIN SSH HOST KEY KEYS-----\r\necdsa-sha2-nistp256 AAAAE2 root@cp1\r\n{key} root@cp1\r\n"
    assert host_keys.in_console(text) is None  # a block that is still being printed
    assert host_keys.in_console(f"{text}-----END SSH HOST KEY KEYS-----\r\nlogin:") == key
    assert host_keys.in_console(f"{key} outside of the marks") is None


@pytest.fixture
def api(tmp_path: Path) -> Iterator[tuple[Authority, Api]]:
    authority = Authority()
    made = Api(authority.pair(tmp_path, "localhost"))
    yield authority, made
    made.stop()


def of(found: tuple[Host, ...], port: int) -> Environment:
    return Environment(
        stack="dev",
        cluster="dev",
        endpoint_name="localhost",
        endpoint_port=port,
        endpoint_address=None,
        authority="",
        hosts=found,
    )


@pytest.fixture
def proxy(found: tuple[Host, ...], api: tuple[Authority, Api]) -> Iterator[Server]:
    server = Server(0, Route(lambda: of(found, api[1].port)), control.about("dev"))
    threading.Thread(target=server.serve, daemon=True).start()
    yield server
    server.end()


def get(proxy: Server, api: tuple[Authority, Api]) -> int:
    """As kubectl does: CONNECT with the name, then TLS for that name."""
    authority, served = api
    connection = http.client.HTTPSConnection(
        "127.0.0.1", proxy.port, context=ssl.create_default_context(cadata=authority.pem), timeout=60
    )
    connection.set_tunnel("localhost", served.port)
    connection.request("GET", "/readyz")
    return connection.getresponse().status


def test_the_api_is_reached_by_name_and_by_another_node_when_one_fails(
    proxy: Server, api: tuple[Authority, Api], endpoint: InstanceConnect
) -> None:
    assert get(proxy, api) == 200
    assert endpoint.opened[-1]["privateIpAddress"] == NODES["cp1"]
    opened = len(endpoint.opened)
    assert get(proxy, api) == 200
    assert len(endpoint.opened) == opened  # the SSH connection is shared
    proxy._route._shared.kill()  # type: ignore[union-attr]  # noqa: SLF001 -- the node is gone
    proxy._route._shared.wait()  # type: ignore[union-attr]  # noqa: SLF001
    assert get(proxy, api) == 200
    assert endpoint.opened[-1]["privateIpAddress"] == NODES["cp2"]


def test_the_proxy_leads_nowhere_else(proxy: Server) -> None:
    connection = http.client.HTTPSConnection("127.0.0.1", proxy.port, timeout=10)
    connection.set_tunnel("169.254.169.254", 80)
    with pytest.raises(OSError, match=r"403 This proxy does not serve 169\.254\.169\.254:80"):
        connection.connect()


def test_the_proxy_leads_to_a_node_that_was_added_after_its_first_reading() -> None:
    read = iter([of((), 6443), of(hosts(*_added()), 6443)])
    route = Route(lambda: next(read))
    assert route.permits("localhost", 6443)
    assert route.permits("10.20.0.12", 6443)
    route.close()


def _added() -> tuple[Json, tuple[Json, ...]]:
    state = resources({"cp3": "10.20.0.12"}, keys={})
    return state[0]["inputs"], state


def test_a_proxy_without_a_way_says_why(
    proxy: Server, api: tuple[Authority, Api], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "expired")
    with pytest.raises(OSError, match=f"502 no node can be reached: cp1: .*{ENDPOINT} refuses"):
        get(proxy, api)


def test_a_port_that_another_program_has_is_named(api: tuple[Authority, Api]) -> None:
    with pytest.raises(OperationFailed, match=r"another program.*aws.access.proxyPort"):
        control.ensure("dev", api[1].port)


def test_a_proxy_of_another_stack_is_left_alone_and_ones_own_is_used(proxy: Server) -> None:
    control.ensure("dev", proxy.port)
    with pytest.raises(OperationFailed, match="the proxy of stack 'dev' in"):
        control.ensure("prod", proxy.port)
    control.dismiss("prod", proxy.port)
    assert control.running(proxy.port) == control.about("dev")
    control.dismiss("dev", proxy.port)
    assert control.running(proxy.port) is None


def test_the_tunnel_and_the_port_are_those_of_the_state() -> None:
    state = resources(NODES, endpoint="eice.example", keys={})
    found = tunnel(state)
    assert found is not None
    assert (found.id, found.name, found.account.profile) == (ENDPOINT, "eice.example", "production")
    assert proxy_port(state) == 23456
    assert sys.executable in str(hosts(state[0]["inputs"], state)[0].proxy_command)
    assert str(PROJECT) in str(hosts(state[0]["inputs"], state)[0].proxy_command)


def test_a_bastion_of_ones_own_is_used_as_it_is_written() -> None:
    state = resources(NODES, keys={}, access={"way": "command", "proxyCommand": "ssh -W %h:%p bastion"})
    assert hosts(state[0]["inputs"], state)[0].proxy_command == "ssh -W %h:%p bastion"
    assert tunnel(state) is None
    assert hosts(state[0]["inputs"], resources(NODES, keys={}, access={"way": "direct"}))[0].proxy_command is None
