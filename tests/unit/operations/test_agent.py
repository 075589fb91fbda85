"""The agent over a real SSH server: its reasons arrive with the host's name, and nobody else is believed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from operations.agent import ask, every
from operations.environment import Host, OperationFailed
from tests.unit.provider.sshd import ABSENT, Sshd, free_port, keygen, public

pytestmark = pytest.mark.skipif(bool(ABSENT), reason=ABSENT)


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    server = Sshd(tmp_path_factory.mktemp("sshd"))
    yield Host(
        name="cp1",
        address="127.0.0.1",
        port=server.port,
        user="root",
        key_path=server.key,
        host_key=public(server.host_key),
    )
    server.stop()


def test_the_reason_of_an_agent_arrives_with_the_hosts_name(host: Host) -> None:
    with pytest.raises(OperationFailed, match=r"^cp1: "):
        ask(host, "defragment")


def test_a_host_with_another_key_is_told_nothing(host: Host, tmp_path: Path) -> None:
    with pytest.raises(OperationFailed, match=r"cp1 \(127.0.0.1\) cannot be reached"):
        ask(replace(host, host_key=public(keygen(tmp_path / "other"))), "defragment")


def test_every_host_that_fails_is_named_at_once(host: Host) -> None:
    silent = replace(host, name="cp2", port=free_port())
    with pytest.raises(OperationFailed) as failed:
        every((host, silent), lambda one: ask(one, "defragment"))
    assert "cp1: " in str(failed.value)
    assert "cp2 (127.0.0.1) cannot be reached" in str(failed.value)


def test_an_agent_that_takes_too_long_is_given_up(host: Host) -> None:
    with pytest.raises(OperationFailed, match="took too long"):
        ask(host, "defragment", seconds=0.0)
