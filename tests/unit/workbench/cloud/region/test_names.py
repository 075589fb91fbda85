import socket
import struct

import pytest

from workbench.cloud.names.message import NO_NAME, REFUSED, A, Answer, question, response
from workbench.cloud.names.server import NameServer

AAAA = 28


def packet(name: str, kind: int = A) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!HHHHHH", 7, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", kind, 1)


def resolve(name: str) -> Answer:
    known = {"api.dev.example.internal": Answer(addresses=("10.20.0.254", "10.20.1.254"))}
    return known.get(name, Answer(code=NO_NAME if name.endswith(".internal") else REFUSED))


@pytest.fixture
def server() -> NameServer:
    return NameServer("127.0.0.1", resolve, port=0)


def test_the_operating_system_s_own_client_understands_an_answer(server: NameServer) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.sendto(packet("API.dev.example.internal"), ("127.0.0.1", server.port))
        answer = client.recv(512)
    assert answer[:2] == struct.pack("!H", 7)
    assert struct.unpack("!H", answer[6:8])[0] == 2
    assert socket.inet_aton("10.20.0.254") in answer
    server.stop()


def test_a_question_over_tcp_is_answered_alike(server: NameServer) -> None:
    asked = packet("api.dev.example.internal")
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        client.sendall(struct.pack("!H", len(asked)) + asked)
        assert client.recv(512)[2:] == response(question(asked), resolve("api.dev.example.internal"))
    server.stop()


def test_a_name_without_ipv6_is_answered_with_nothing_and_no_error() -> None:
    answer = response(question(packet("api.dev.example.internal", AAAA)), Answer(addresses=("10.20.0.254",)))
    assert answer[3] & 0x0F == 0
    assert struct.unpack("!H", answer[6:8])[0] == 0


def test_an_unknown_name_of_a_zone_does_not_exist_and_any_other_is_refused() -> None:
    for name, code in (("else.internal", NO_NAME), ("example.org", REFUSED)):
        assert response(question(packet(name)), resolve(name))[3] & 0x0F == code


@pytest.mark.parametrize("broken", [b"", b"\0" * 5, packet("a.b")[:-3], b"\0\1\x80\0\0\1" + b"\0" * 20])
def test_what_is_no_question_is_not_answered(broken: bytes) -> None:
    with pytest.raises(ValueError, match="not a question"):
        question(broken)
