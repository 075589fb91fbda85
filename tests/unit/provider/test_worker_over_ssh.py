"""A worker is let in by a control-plane node; two real SSH servers, only the agents behind them are stand-ins."""

from collections.abc import Callable

import pytest

from provider.hosts.node import NodeKind
from provider.protocol.messages import PartialFailure, Refused, Request
from provider.protocol.values import Properties
from tests.unit.provider.conftest import Engine, inputs
from tests.unit.provider.sshd import Sshd, free_port
from tests.unit.provider.test_node_over_ssh import result

Ask = Callable[..., Request]
TOKEN = "abcdef.0123456789abcdef"
TICKET = {"event": "ticket", "token": TOKEN}


@pytest.fixture
def door(start_sshd: Callable[..., Sshd]) -> Sshd:
    """A control-plane node."""
    made = start_sshd()
    made.say(TICKET, result(member=False))
    return made


def worker(sshd: Sshd, *doors: Properties) -> Properties:
    listed = [{**door, "name": f"cp{number}"} for number, door in enumerate(doors, start=1)]
    return inputs(sshd.connection, name="w1", admission=listed)


def asked(door: Sshd) -> list[str]:
    return [" ".join(report.words) for report in door.reports]


def test_a_worker_gets_a_token_with_its_files_which_is_deleted_afterwards(
    node: NodeKind, sshd: Sshd, door: Sshd, ask: Ask, engine: Engine
) -> None:
    sshd.say(result(member=False))
    _, made = node.create(ask(inputs=worker(sshd, door.connection)))
    (report,) = sshd.reports
    assert report.contents["wanted/ticket"] == TOKEN.encode()
    assert asked(door) == ["admit w1", "settle w1"]
    assert TOKEN not in f"{made}{engine.text}"
    assert TOKEN not in " ".join(report.words)


def test_the_token_is_deleted_also_when_the_worker_fails(node: NodeKind, sshd: Sshd, door: Sshd, ask: Ask) -> None:
    sshd.say(result(ok=False, text="kubelet: it is not healthy", member=False))
    with pytest.raises(PartialFailure, match="not healthy"):
        node.create(ask(inputs=worker(sshd, door.connection)))
    assert asked(door) == ["admit w1", "settle w1"]


def test_a_worker_that_is_not_let_in_gets_nothing_and_the_reason_is_said(
    node: NodeKind, sshd: Sshd, door: Sshd, ask: Ask
) -> None:
    door.say(result(ok=False, text="the plan that this node has knows no worker w1", member=False))
    with pytest.raises(Refused, match="knows no worker w1"):
        node.create(ask(inputs=worker(sshd, door.connection)))
    assert sshd.reports == []


def test_another_control_plane_node_is_asked_where_one_is_off(node: NodeKind, sshd: Sshd, door: Sshd, ask: Ask) -> None:
    sshd.say(result(member=False))
    off = {**door.connection, "port": free_port()}
    node.create(ask(inputs=worker(sshd, off, door.connection)))
    assert asked(door) == ["admit w1", "settle w1"]


def test_a_worker_is_drained_before_it_leaves(node: NodeKind, sshd: Sshd, door: Sshd, ask: Ask) -> None:
    given = worker(sshd, door.connection)
    node.delete(ask(old_inputs=given, state=given))
    assert asked(door) == ["expel w1"]
    assert asked(sshd) == ["leave"]


def test_a_worker_goes_with_a_warning_where_nobody_can_drain_it(
    node: NodeKind, sshd: Sshd, door: Sshd, ask: Ask, engine: Engine
) -> None:
    given = worker(sshd, {**door.connection, "port": free_port()})
    node.delete(ask(old_inputs=given, state=given))
    assert asked(sshd) == ["leave"]
    assert any(line.warning and "drained" in line.text for line in engine.lines)
