"""The newest snapshot is started as a throw-away member and read; what cannot be used is named."""

import base64
import secrets
import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from agent.examination import Finding, examine
from agent.model.wanted import read
from agent.snapshots import folder, proof
from agent.snapshots.description import ENCRYPTION
from agent.steps.backup import PROOF_TIMER
from agent.system.memory import Memory
from tests.unit.agent.etcd_site import Site
from tests.unit.agent.place import Place
from tests.unit.agent.test_secretbox import BOX, KEY, MESSAGE, NONCE
from tests.unit.documents.programs import needed

FOLDER = "/var/backups/quorate"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A member with two objects; one of them is the box of the paper."""
    made = Site(tmp_path_factory.mktemp("site"), needed("etcd"))
    assert made.apply(1, (1,), may_begin=True).failures == ()
    made.put("/registry/configmaps/a/b", "x")
    made.put_bytes("/registry/secrets/a/b", b"k8s:enc:secretbox:v1:key-0a1b2c3d:" + NONCE + BOX)
    (made.place(1).programs / "etcd").symlink_to(needed("etcd"))
    yield made
    made.end()


@pytest.fixture
def machine(site: Site) -> Iterator[Place]:
    """With one snapshot of it and the key."""
    place = site.place(1)
    place.file(FOLDER).mkdir(parents=True)
    (place.file(FOLDER) / folder.MARK).touch()
    folder.back_up(place.host, place.events)
    place.file(ENCRYPTION).parent.mkdir(parents=True, exist_ok=True)
    place.file(ENCRYPTION).write_text(f"name: key-0a1b2c3d\n  secret: {base64.b64encode(KEY).decode()}\n")
    yield place
    shutil.rmtree(place.file(FOLDER))
    place.host.state(proof.RESULT).unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def ports(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a node the unit has a network of its own."""
    for name in ("CLIENT", "PEER"):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            monkeypatch.setattr(proof, name, f"http://127.0.0.1:{free.getsockname()[1]}")


def finding(machine: Place) -> Finding:
    wanted = read(Memory(machine.host).wanted)
    timer = replace(wanted.files[0], path=f"/etc/systemd/system/{PROOF_TIMER}")
    found = examine(machine.host, replace(wanted, files=(*wanted.files, timer)))
    return next(one for one in found if one.subject == "proof of backups")


def test_a_snapshot_is_started_its_objects_are_counted_and_a_secret_is_opened_with_the_nodes_key(
    machine: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "OBJECT", MESSAGE[:4])  # the paper's message is not a Kubernetes object
    found = proof.prove(machine.host)
    assert found.well, found.seen
    assert found.proved == found.at
    assert found.seen.startswith("2 objects, a Secret opened with key-0a1b2c3d, in ")
    assert proof.last(machine.host) == found
    assert finding(machine).well
    assert not machine.host.state("proof").exists()


def test_a_secret_that_the_nodes_keys_do_not_open_fails_the_proof_and_the_examination(machine: Place) -> None:
    machine.file(ENCRYPTION).write_text("")
    assert "it needs key-0a1b2c3d, and this node has no key" in proof.prove(machine.host).seen
    assert not finding(machine).well


def test_what_opens_but_is_no_object_of_kubernetes_fails_the_proof(machine: Place) -> None:
    assert "opened with key-0a1b2c3d is not a Kubernetes object" in proof.prove(machine.host).seen


def test_a_snapshot_that_was_changed_is_refused_before_it_is_started(machine: Place) -> None:
    (kept,) = folder.kept(machine.file(FOLDER))
    content = kept.path.read_bytes()
    kept.path.write_bytes(content[:-1] + secrets.token_bytes(1))
    try:
        assert "truncated or corrupt" in proof.prove(machine.host).seen
    finally:
        kept.path.write_bytes(content)


def test_a_node_without_a_snapshot_says_so(place: Place) -> None:
    directory = Memory(place.host).wanted
    directory.mkdir(parents=True)
    (directory / "node.json").write_text('{"backups": {"directory": "/none", "keep": 1, "send": []}}')
    assert proof.prove(place.host).seen == "this node keeps no snapshot"
