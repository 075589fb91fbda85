"""Files: what is compared, how they are replaced, what is taken away."""

import json
import shutil

import pytest

from agent.model.difference import Impact
from agent.model.json_reading import Malformed
from agent.model.wanted import read
from agent.system.memory import Memory
from tests.unit.agent.place import Place, Wish, named, remember

CERTIFICATE = Wish("/etc/pki/server.crt", "certificate 1", "system")
KEY = Wish("/etc/pki/server.key", "key 1", "system", mode=0o600, secret=True)


def test_files_are_installed_with_their_mode_and_are_then_no_difference(place: Place) -> None:
    files = place.machine((CERTIFICATE, KEY)).files("system")
    assert named(files.differences()).keys() == {CERTIFICATE.path, KEY.path}
    assert set(files.install()) == {CERTIFICATE.path, KEY.path}
    assert place.file(KEY.path).read_text() == "key 1"
    assert place.file(KEY.path).stat().st_mode & 0o777 == 0o600
    assert files.differences() == []
    assert files.install() == ()


def test_a_changed_mode_is_a_difference_and_is_put_right(place: Place) -> None:
    files = place.machine((KEY,)).files("system")
    files.install()
    place.file(KEY.path).chmod(0o644)
    [difference] = files.differences()
    assert (difference.wanted, difference.found) == ("mode 0600", "mode 0644")
    files.install()
    assert files.differences() == []


def test_nothing_of_a_secret_file_is_shown_not_even_its_digest(place: Place) -> None:
    place.machine((KEY,)).files("system").install()
    machine = place.machine((Wish(KEY.path, "key 2", "system", mode=0o600, secret=True),))
    [difference] = machine.files("system").differences()
    assert difference.found == "content differs"
    assert difference.impact is Impact.NONE
    digest = next(file.sha256 for file in machine.wanted.files)
    assert digest[:6] not in str(difference)


def test_a_link_in_the_place_of_a_file_is_replaced_and_its_target_left_alone(place: Place) -> None:
    target = place.file("/etc/elsewhere")
    target.write_text("certificate 1")  # even where its content is the wanted one
    place.file(CERTIFICATE.path).parent.mkdir(parents=True)
    place.file(CERTIFICATE.path).symlink_to(target)
    place.machine((CERTIFICATE,)).files("system").install()
    assert target.read_text() == "certificate 1"
    assert not place.file(CERTIFICATE.path).is_symlink()


def test_a_file_that_is_no_longer_planned_is_removed_but_never_a_foreign_one(place: Place) -> None:
    machine = place.machine((CERTIFICATE, KEY))
    machine.files("system").install()
    remember(place, (CERTIFICATE, KEY))
    place.file("/etc/pki/mine.txt").write_text("the administrator's")
    files = place.machine((CERTIFICATE,)).files("system")
    assert named(files.differences())[KEY.path].wanted == "nothing"
    files.install()
    assert not place.file(KEY.path).exists()
    assert place.file("/etc/pki/mine.txt").exists()


def test_what_an_interrupted_run_left_behind_is_swept_away(place: Place) -> None:
    place.file("/etc/pki").mkdir()
    left = place.file("/etc/pki/.server.key.0123abcd.quorate")
    left.write_text("half a key")
    place.machine((KEY,)).files("system").install()
    assert not left.exists()


def test_content_that_did_not_arrive_whole_is_refused_before_anything_is_written(place: Place) -> None:
    machine = place.machine((CERTIFICATE, KEY))
    machine.wanted.files[0].source.write_text("half")
    with pytest.raises(Malformed, match="arrived incomplete"):
        machine.files("system").install()
    assert not place.file(KEY.path).exists()


def test_the_kept_directory_holds_keys_for_root_only_and_reads_as_it_was_sent(place: Place) -> None:
    machine = place.machine((CERTIFICATE, KEY), may_begin=True)
    memory = Memory(place.host)
    begun = memory.begin(machine.wanted)
    assert begun.may_begin
    memory.succeed()
    assert memory.wanted.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o077 == 0 for path in memory.wanted.rglob("*"))
    assert [file.content() for file in read(memory.wanted).files] == [file.content() for file in machine.wanted.files]
    assert read(memory.wanted).may_begin is False


def test_the_work_goes_on_when_what_was_sent_is_taken_away(place: Place) -> None:
    sent = place.wanted((CERTIFICATE, KEY), may_begin=True)
    own = Memory(place.host).begin(sent)
    shutil.rmtree(sent.directory)
    assert [file.content() for file in own.files] == [b"certificate 1", b"key 1"]


def test_files_of_an_attempt_that_failed_are_removed_by_the_next_one(place: Place) -> None:
    attempt = place.machine((CERTIFICATE, KEY))
    Memory(place.host).begin(attempt.wanted)
    attempt.files("system").install()
    files = place.machine((CERTIFICATE,)).files("system")
    assert named(files.differences())[KEY.path].wanted == "nothing"


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("role", "router", "node.json.role must be control-plane, worker or balancer"),
        ("balancer", "traefik", "node.json.balancer must be haproxy, nginx or null"),
        ("members", {"a": 1}, "node.json.members must be an array"),
        ("cluster", None, "node.json.cluster must be a string"),
    ],
)
def test_a_manifest_of_another_shape_is_named_by_its_path(place: Place, name: str, change: object, said: str) -> None:
    with pytest.raises(Malformed, match=said):
        place.wanted((), may_begin=False, **{name: change})


def test_a_directory_without_node_json_is_named(place: Place) -> None:
    directory = place.wanted().directory
    (directory / "files.json").write_text(json.dumps([]))
    (directory / "node.json").unlink()
    with pytest.raises(Malformed, match=r"node\.json"):
        read(directory)
