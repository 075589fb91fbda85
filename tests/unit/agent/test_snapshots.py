"""Snapshots of a real member: checked, described, kept, carried away."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.model.failure import Failed
from agent.snapshots import folder
from agent.snapshots.description import ENCRYPTION, keys, read
from agent.snapshots.taking import take
from tests.unit.agent.etcd_site import Site
from tests.unit.agent.place import Place, Wish
from tests.unit.documents.programs import needed

FOLDER = "/var/backups/quorate"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One member that serves."""
    made = Site(tmp_path_factory.mktemp("site"), needed("etcd"))
    assert made.apply(1, (1,), may_begin=True).failures == ()
    made.put("/registry/one", "1")
    yield made
    made.end()


@pytest.fixture
def machine(site: Site) -> Iterator[Place]:
    site.place(1).file(FOLDER).mkdir(parents=True, exist_ok=True, mode=0o700)
    (site.place(1).file(FOLDER) / folder.MARK).touch()
    yield site.place(1)
    for left in site.place(1).file(FOLDER).glob("*"):
        left.unlink()


def change(machine: Place, **backups: object) -> None:
    """The settings of backups on the node."""
    path = machine.file("/var/lib/quorate/wanted/node.json")
    known = json.loads(path.read_text())
    path.write_text(json.dumps({**known, "backups": {**known["backups"], **backups}}))


def test_a_snapshot_is_kept_readable_by_root_only_with_what_is_needed_to_use_it_again(machine: Place) -> None:
    encryption = machine.file(ENCRYPTION)
    encryption.parent.mkdir(parents=True, exist_ok=True)
    encryption.write_text(
        "providers:\n  - secretbox:\n      keys:\n        - name: key-0a1b2c3d\n          secret: abc=\n"
    )
    said = folder.back_up(machine.host, machine.events)
    (kept,) = folder.kept(machine.file(FOLDER))
    assert kept.path.stat().st_mode & 0o777 == 0o600
    assert machine.file(FOLDER).stat().st_mode & 0o777 == 0o700
    assert (kept.about.cluster, kept.about.node, kept.about.etcd[:3]) == ("test", "cp1", "3.6")
    assert kept.about.revision > 1
    assert kept.about.size == kept.path.stat().st_size
    assert kept.about.keys.encryption == ("key-0a1b2c3d",)
    assert str(kept.about) in said
    text = kept.path.with_suffix(".json").read_text()
    assert "abc=" not in text
    assert read(text, at="the description") == kept.about


def test_the_oldest_snapshots_beyond_the_limit_are_removed_and_foreign_files_stay(machine: Place) -> None:
    place = machine.file(FOLDER)
    place.mkdir(parents=True, exist_ok=True)
    (place / "19990101T000000Z.db").write_text("foreign")
    for name in ("20240101T000000Z", "20240102T000000Z"):
        take(machine.host, place / f"{name}.db")
        about = take(machine.host, place / f"{name}.db")
        (place / f"{name}.json").write_text(about.text())
    folder.back_up(machine.host, machine.events)
    names = sorted(path.name for path in place.glob("*.db"))
    assert names[:2] == ["19990101T000000Z.db", "20240102T000000Z.db"]
    assert len(names) == 3


def test_who_carries_it_away_gets_both_files_and_a_failure_is_one_of_the_backup(machine: Place) -> None:
    machine.program("carry", f'echo "$@" > {machine.folder}/carried; [ "$1" = well ]')
    change(machine, send=["carry", "well"])
    folder.back_up(machine.host, machine.events)
    (kept,) = folder.kept(machine.file(FOLDER))
    assert (machine.folder / "carried").read_text().split() == [
        "well",
        str(kept.path),
        str(kept.path.with_suffix(".json")),
    ]
    change(machine, send=["carry", "badly"])
    with pytest.raises(Failed, match="could not be sent"):
        folder.back_up(machine.host, machine.events)
    change(machine, send=[])


def test_a_snapshot_that_cannot_be_read_again_is_not_kept(machine: Place) -> None:
    real = machine.programs / "etcdutl"
    real.rename(machine.folder / "etcdutl")
    machine.program("etcdutl", "echo 'snapshot file integrity check failed' >&2; exit 1")
    with pytest.raises(Failed, match="integrity check failed"):
        folder.back_up(machine.host, machine.events)
    real.unlink()
    (machine.folder / "etcdutl").rename(real)
    assert [left.name for left in machine.file(FOLDER).iterdir()] == [folder.MARK]


def test_a_member_without_a_leader_gives_no_snapshot_unless_it_is_all_that_is_left(tmp_path: Path) -> None:
    site = Site(tmp_path, needed("etcd"))
    try:
        assert all(not one.failures for one in site.apply_all((1, 2, 3), may_begin=True).values())
        site.put("/registry/one", "1")
        for number in (2, 3):
            site.places[number].end()
        machine = site.place(1)
        site.until_leaderless(1)
        with pytest.raises(Failed, match="follows no leader"):
            take(machine.host, tmp_path / "refused.db")
        assert take(machine.host, tmp_path / "survivor.db", alone=True).revision >= 1
    finally:
        site.end()


def test_a_new_disk_counts_with_the_keys_that_it_will_get(place: Place) -> None:
    text = "providers:\n  - secretbox:\n      keys:\n        - name: key-0a1b2c3d\n          secret: abc=\n"
    wanted = place.wanted([Wish(ENCRYPTION, text, "control-plane", secret=True)])
    assert keys(place.host).encryption == ()
    assert keys(place.host, to_come=wanted.files).encryption == ("key-0a1b2c3d",)


def test_a_folder_whose_mount_is_gone_fails_the_backup_instead_of_filling_the_machines_disk(machine: Place) -> None:
    (machine.file(FOLDER) / folder.MARK).unlink()
    with pytest.raises(Failed, match=r"has no mark .quorate-backups: the mount is missing"):
        folder.back_up(machine.host, machine.events)
    assert list(machine.file(FOLDER).iterdir()) == []
