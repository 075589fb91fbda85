"""Machines and bridges of this computer: what is refused, and what a change of them means. Nothing is made here."""

from collections.abc import Callable
from pathlib import Path

import pytest

from provider.hosts.session import Sessions
from provider.kinds import Kinds
from provider.protocol.kind import Kind
from provider.protocol.messages import Difference, Request
from provider.protocol.values import UNKNOWN, Properties, Value

Ask = Callable[..., Request]
BRIDGE = "urn:pulumi:test::quorate::quorate:local:Bridge::net"
MACHINE = "urn:pulumi:test::quorate::quorate:local:Machine::cp1"
FLEET = "never-made"  # nothing on any computer has this name


@pytest.fixture
def machine() -> Kind:
    return Kinds(Sessions()).of("quorate:local:Machine")


@pytest.fixture
def bridge() -> Kind:
    return Kinds(Sessions()).of("quorate:local:Bridge")


def asked(**changed: Value) -> Properties:
    return {
        "fleet": FLEET,
        "name": "cp1",
        "bridge": "none0",
        "address": "10.89.7.11/24",
        "gateway": "10.89.7.1",
        "authorizedKey": "ssh-ed25519 AAAA",
        "store": None,
        "memoryMegabytes": 1024,
        **changed,
    }


def changed(kind: Kind, ask: Ask, old: Properties, new: Properties) -> tuple[dict[str, Difference], list[str]]:
    state = {**old, "generation": "g1", "hostKey": "ssh-ed25519 BBBB", "running": True}
    change = kind.diff(ask(MACHINE, inputs=new, old_inputs=old, state=state))
    return dict(change.paths), sorted(change.replacing)


def test_a_machine_that_is_lost_is_made_again_in_the_next_update(machine: Kind, ask: Ask) -> None:
    assert changed(machine, ask, asked(), asked()) == ({"generation": Difference.OUTSIDE}, [])


def test_the_preview_of_a_lost_machine_knows_its_host_key_but_not_its_next_disk(machine: Kind, ask: Ask) -> None:
    state: Properties = {**asked(), "generation": "g1", "hostKey": "ssh-ed25519 BBBB", "running": True}
    shown = machine.update(ask(MACHINE, inputs=asked(), state=state, preview=True))
    assert (shown["generation"], shown["hostKey"]) == (UNKNOWN, "ssh-ed25519 BBBB")


def test_a_refresh_keeps_a_lost_machine_as_one_that_does_not_run(machine: Kind, ask: Ask) -> None:
    found = machine.read(ask(MACHINE, inputs=asked(), state={**asked(), "running": True}))
    assert found is not None
    assert found.state["running"] is False


@pytest.mark.parametrize("name", ["fleet", "name", "bridge", "address", "gateway"])
def test_another_identity_or_place_in_the_network_is_another_machine(machine: Kind, ask: Ask, name: str) -> None:
    paths, replacing = changed(machine, ask, asked(), asked(**{name: "other"}))
    assert replacing == [name]
    assert paths == {name: Difference.CHANGED}


def test_memory_key_and_store_change_in_place(machine: Kind, ask: Ask, tmp_path: Path) -> None:
    other = asked(memoryMegabytes=2048, authorizedKey="ssh-ed25519 CCCC", store=str(tmp_path))
    paths, replacing = changed(machine, ask, asked(), other)
    assert replacing == []
    assert {"memoryMegabytes", "authorizedKey", "store"} <= paths.keys()


def test_what_cannot_become_a_machine_is_refused_before_anything_is_made(machine: Kind, ask: Ask) -> None:
    problems = machine.check(ask(MACHINE, inputs=asked(gateway="10.1.1.1"))).problems
    assert any("gateway is in that network" in problem for problem in problems)
    problems = machine.check(ask(MACHINE, inputs=asked(fleet=None, memoryMegabytes="much"))).problems
    assert any(problem.startswith("fleet") for problem in problems)
    assert any(problem.startswith("memoryMegabytes") for problem in problems)


def test_values_that_are_not_known_yet_are_no_problem(machine: Kind, ask: Ask) -> None:
    assert machine.check(ask(MACHINE, inputs=asked(authorizedKey=UNKNOWN))).problems == []


def test_a_bridge_that_is_gone_is_made_again_and_another_network_is_another_bridge(bridge: Kind, ask: Ask) -> None:
    old: Properties = {"fleet": FLEET, "name": "none0", "cidr": "10.89.7.1/24"}
    same = bridge.diff(ask(BRIDGE, inputs=old, old_inputs=old, state={**old, "present": True}))
    assert dict(same.paths) == {"present": Difference.OUTSIDE}
    assert same.replacing == ()
    other = bridge.diff(ask(BRIDGE, inputs={**old, "cidr": "10.89.8.1/24"}, old_inputs=old, state=old))
    assert list(other.replacing) == ["cidr"]
