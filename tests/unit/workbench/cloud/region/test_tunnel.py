"""The Instance Connect Endpoint, asked by a client of the standard's own making."""

import http.client
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.unit.workbench.cloud.region.test_websocket import masked
from workbench.cloud.access.tunnel import SERVICE, Tunnels
from workbench.cloud.gaps import instance_connect
from workbench.cloud.gaps.instance_connect import Endpoint
from workbench.cloud.services.authority import Authority

ENDPOINT = Endpoint(
    id="eice-0123456789abcdef0",
    account="123456789012",
    region="eu-west-1",
    vpc="vpc-1",
    subnet="subnet-1",
    zone="eu-west-1a",
    interface="eni-0123",
    address="10.20.0.4",
    groups=("sg-1",),
    preserves_client_address=False,
    made=0.0,
)
ADDRESS = "10.20.0.10"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def port(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A tunnel to something that sends back what it gets."""
    monkeypatch.setitem(instance_connect.KNOWN, ENDPOINT.id, ENDPOINT)
    listening = socket.create_server(("127.0.0.1", 0))
    tunnels = Tunnels(listening, authority.server(), inside)
    yield int(listening.getsockname()[1])
    tunnels.stop()


def inside(_: Endpoint, address: str, port: int) -> socket.socket:
    if address != ADDRESS:
        raise OSError("no route")
    ours, theirs = socket.socketpair()

    def echo() -> None:
        with theirs:
            theirs.sendall(f"port {port} ".encode())
            while data := theirs.recv(65536):
                theirs.sendall(data)

    threading.Thread(target=echo, daemon=True).start()
    return ours


def url(*, signer: str = "emulated", seconds: int = 60, **given: str) -> str:
    query = {
        "instanceConnectEndpointId": ENDPOINT.id,
        "remotePort": "22",
        "privateIpAddress": ADDRESS,
        "maxTunnelDuration": "3600",
        **given,
    }
    asked = AWSRequest(method="GET", url=f"https://{ENDPOINT.dns_name}/openTunnel?{urlencode(query)}")
    SigV4QueryAuth(Credentials("emulated", signer), SERVICE, "eu-west-1", expires=seconds).add_auth(asked)
    return str(asked.url).removeprefix(f"https://{ENDPOINT.dns_name}")


def opened(port: int, authority: Authority, target: str) -> tuple[int, ssl.SSLSocket]:
    context = ssl.create_default_context(cafile=str(authority.file))
    plain = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection = context.wrap_socket(plain, server_hostname=ENDPOINT.dns_name)
    lines = (
        f"GET {target} HTTP/1.1",
        f"Host: {ENDPOINT.dns_name}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    )
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.status, connection


def received(connection: ssl.SSLSocket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        head = exactly(connection, 2)
        length = head[1]
        if length == 126:
            length = int.from_bytes(exactly(connection, 2), "big")
        elif length == 127:
            length = int.from_bytes(exactly(connection, 8), "big")
        data += exactly(connection, length)
    return data


def exactly(connection: ssl.SSLSocket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += connection.recv(size - len(data))
    return data


def test_bytes_go_both_ways_between_operator_and_instance(port: int, authority: Authority) -> None:
    status, connection = opened(port, authority, url())
    assert status == 101
    sent = os.urandom(300_000)
    assert received(connection, 8) == b"port 22 "
    connection.sendall(masked(sent))
    assert received(connection, len(sent)) == sent
    connection.close()


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (lambda: url(signer="another"), 403),
        (lambda: url(seconds=3600), 403),
        (lambda: url().replace("remotePort=22", "remotePort=3389"), 403),
        (lambda: url(remotePort="6443"), 400),
        (lambda: url(maxTunnelDuration="3601"), 400),
        (lambda: url(instanceConnectEndpointId="eice-else"), 404),
        (lambda: url(privateIpAddress="10.20.0.99"), 502),
        (lambda: "/openTunnel", 403),
        (lambda: "/", 404),
    ],
)
def test_what_is_not_allowed_is_refused(
    port: int, authority: Authority, target: Callable[[], str], status: int
) -> None:
    # Signed now: a signature is good for a minute.
    found, connection = opened(port, authority, target())
    assert found == status
    connection.close()
