"""Members at other addresses are other members: an update that moves too many of them is refused before it begins."""

import json
from collections.abc import Callable, Mapping

import pytest

from provider.hosts import moves
from provider.hosts.node import NodeKind
from provider.hosts.session import Sessions
from provider.kinds import Kinds
from provider.protocol.messages import Request
from provider.protocol.values import UNKNOWN, Properties

Ask = Callable[..., Request]
THREE = {f"cp{n}": f"10.0.0.1{n}" for n in (1, 2, 3)}
ELSEWHERE = {f"cp{n}": f"10.0.0.2{n}" for n in (1, 2, 3)}


def manifest(members: Mapping[str, str]) -> Properties:
    listed = [{"name": name, "peerUrl": f"https://{at}:2380", "clientUrl": ""} for name, at in members.items()]
    return {"name": "cp1", "manifest": json.dumps({"members": listed})}


def machine(members: Mapping[str, str]) -> Properties:
    return {"fleet": "never-made", "name": "cp1", "members": members, "memoryMegabytes": UNKNOWN}


def of_a_node(node: NodeKind, ask: Ask, before: Mapping[str, str], after: Mapping[str, str]) -> str:
    request = ask(inputs=manifest(after), old_inputs=manifest(before))
    return "; ".join(
        problem for problem in node.check(request).problems if "address" in problem and "update" in problem
    )


def test_all_addresses_at_once_are_refused_by_a_node_with_the_way_that_works(node: NodeKind, ask: Ask) -> None:
    said = of_a_node(node, ask, THREE, ELSEWHERE)
    assert "3 of 3 members would get another address" in said
    assert "cp1 from https://10.0.0.11:2380 to https://10.0.0.21:2380" in said
    assert "Move one machine at a time" in said
    assert "ip address add" in said


def test_a_local_machine_refuses_it_too_because_its_disk_would_be_replaced(ask: Ask) -> None:
    kind = Kinds(Sessions()).of("quorate:local:Machine")
    request = ask(inputs=machine(ELSEWHERE), old_inputs=machine(THREE))
    assert any("3 of 3 members would get another address" in problem for problem in kind.check(request).problems)
    again = ask(inputs=machine(THREE), old_inputs=machine(THREE))
    assert not any("another address" in problem for problem in kind.check(again).problems)


@pytest.mark.parametrize(
    "after",
    [
        THREE,
        {**THREE, "cp3": "10.0.0.23"},
        {**THREE, "cp4": "10.0.0.14", "cp5": "10.0.0.15"},
        {"cp1": "10.0.0.11"},
    ],
    ids=["no move", "one move", "growth", "fewer members"],
)
def test_what_keeps_the_quorum_is_accepted(node: NodeKind, ask: Ask, after: Mapping[str, str]) -> None:
    assert of_a_node(node, ask, THREE, after) == ""


def test_two_of_five_are_moved_one_after_the_other(node: NodeKind, ask: Ask) -> None:
    five = {f"cp{n}": f"10.0.0.1{n}" for n in range(1, 6)}
    assert "2 of 5" in of_a_node(node, ask, five, {**five, "cp1": "10.0.0.21", "cp5": "10.0.0.25"})


def test_a_single_member_needs_others_before_it_moves(node: NodeKind, ask: Ask) -> None:
    assert "Add two members first" in of_a_node(node, ask, {"cp1": "10.0.0.11"}, {"cp1": "10.0.0.21"})


def test_a_first_update_and_a_manifest_that_is_not_known_yet_move_nothing() -> None:
    assert moves.problem({}, THREE) is None
    assert moves.peers(UNKNOWN) == {}
    assert moves.peers("no json") == {}
