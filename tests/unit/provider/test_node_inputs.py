"""What a node's inputs may be, and what a change of them means."""

from pathlib import Path

import pytest

from provider.hosts import node_diff, node_inputs
from provider.hosts.agent_archive import Agent
from provider.protocol.messages import Difference
from provider.protocol.values import UNKNOWN, Properties
from tests.unit.provider.conftest import SECRET, inputs

FILE = "/etc/etcd/cluster.env"
KEY = "/etc/etcd/pki/server.key"


@pytest.fixture
def connection(tmp_path: Path) -> Properties:
    key = tmp_path / "key"
    key.touch(mode=0o600)
    return {"address": "10.0.0.1", "port": 22, "user": "root", "privateKeyPath": str(key)}


def told(values: Properties) -> list[str]:
    return list(node_inputs.problems(values))


def file(**changed: object) -> dict[str, object]:
    return {"content": "text", "mode": 0o644, "step": "etcd", **changed}


def test_a_complete_node_is_accepted(connection: Properties) -> None:
    assert told(inputs(connection)) == []


def test_all_problems_are_told_at_once_and_no_content_is_repeated(connection: Properties) -> None:
    broken = inputs(
        {**connection, "address": "no host", "port": 0, "user": "a b", "hostKey": "host ssh-ed25519 AAAA"},
        name="CP 1",
        manifest="no json",
        files={"etc/relative": file(), "/a/../b": file(), "/c": file(mode=0o10000), "/d": file(step="")},
        secrets={KEY: file(content=SECRET, mode=0o604)},
    )
    problems = told(broken)
    for part in ("CP 1", "no host", "port", "a b", "hostKey", "manifest", "etc/relative", "/a/../b", "/c", "/d", KEY):
        assert sum(part in problem for problem in problems) >= 1, part
    assert not any(SECRET in problem for problem in problems)


def test_a_file_that_is_also_a_secret_is_refused(connection: Properties) -> None:
    both = inputs(connection, files={KEY: file()}, secrets={KEY: file(mode=0o600)})
    assert any("only one content" in problem for problem in told(both))


def test_a_key_that_others_may_read_is_refused_before_ssh_would(connection: Properties) -> None:
    Path(str(connection["privateKeyPath"])).chmod(0o644)
    assert any("chmod 600" in problem for problem in told(inputs(connection)))


def test_a_missing_key_is_refused_with_the_command_that_makes_one(connection: Properties) -> None:
    gone = {**connection, "privateKeyPath": "/nowhere/key"}
    assert any("ssh-keygen -t ed25519 -f /nowhere/key" in problem for problem in told(inputs(gone)))


@pytest.mark.parametrize("address", ["10.0.0.1", "2001:db8::1", "cp1.example.com"])
def test_hosts_are_reached_by_address_or_name(connection: Properties, address: str) -> None:
    assert told(inputs({**connection, "address": address})) == []


@pytest.mark.parametrize("address", ["-oProxyCommand=reboot", "cp1;reboot", "", "cp_1", "a" * 64])
def test_an_address_cannot_be_read_as_anything_else(connection: Properties, address: str) -> None:
    assert any("connection.address" in problem for problem in told(inputs({**connection, "address": address})))


def test_what_only_the_update_will_know_is_no_problem(connection: Properties) -> None:
    unknown = inputs(
        {**connection, "hostKey": UNKNOWN, "address": UNKNOWN},
        generation=UNKNOWN,
        files={FILE: file(content=UNKNOWN)},
        secrets={KEY: UNKNOWN},
    )
    assert told(unknown) == []
    assert told(inputs(UNKNOWN, files=UNKNOWN, secrets=UNKNOWN, manifest=UNKNOWN, name=UNKNOWN)) == []  # type: ignore[arg-type]


def change(connection: Properties, state: Properties | None = None, **changed: object) -> dict[str, Difference]:
    return dict(node_diff.change(inputs(connection), inputs(connection, **changed), state or {}).paths)


def test_equal_inputs_without_drift_are_no_change(connection: Properties) -> None:
    assert change(connection, {"drift": []}) == {}


def test_a_change_names_the_file_and_what_of_it(connection: Properties) -> None:
    assert change(connection, files={FILE: file(content="new")}) == {f'files["{FILE}"].content': Difference.CHANGED}
    more = {FILE: file(content="ETCD_NAME=cp1\n"), "/etc/new": file()}
    assert change(connection, files=more) == {'files["/etc/new"]': Difference.ADDED}
    assert change(connection, secrets={}) == {f'secrets["{KEY}"]': Difference.REMOVED}


def test_a_content_that_is_not_known_yet_is_a_change(connection: Properties) -> None:
    key = {KEY: file(content=UNKNOWN, mode=0o600)}
    assert change(connection, secrets=key) == {f'secrets["{KEY}"].content': Difference.CHANGED}
    assert change(connection, secrets=UNKNOWN) == {"secrets": Difference.CHANGED}


def test_drift_is_a_reason_to_update(connection: Properties) -> None:
    assert change(connection, {"drift": ["etcd: stopped"]}) == {"drift": Difference.OUTSIDE}


def test_only_another_name_is_another_node(connection: Properties) -> None:
    old = inputs(connection)
    assert node_diff.change(old, inputs(connection, name="cp2"), {}).replacing == ["name"]
    moved = node_diff.change(old, inputs({**connection, "address": "10.0.0.2"}, generation="g2", agent="1"), {})
    assert moved.replacing == []
    assert set(moved.paths) == {"connection.address", "generation", "agent"}


def test_where_this_computer_keeps_its_key_changes_nothing_on_the_host(connection: Properties) -> None:
    other = {**connection, "privateKeyPath": "/home/somebody/key"}
    assert node_diff.change(inputs(connection), inputs(other), {}).paths == {}


def test_the_agents_digest_changes_with_its_sources_and_with_nothing_else(tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        (tmp_path / name / "__pycache__").mkdir(parents=True)
        (tmp_path / name / "__main__.py").write_text("print()\n")
    (tmp_path / "two/__pycache__/left.pyc").touch()
    (tmp_path / "three/__main__.py").write_text("print(1)\n")
    one, two, three = (Agent(tmp_path / name) for name in ("one", "two", "three"))
    assert one.digest == two.digest != three.digest
    assert one.archive == two.archive
