import hashlib
import json
from pathlib import Path

import pytest

from provider.local.machines import store
from provider.local.machines.unable import Unable
from tests.unit.provider.machines import programs as built
from tests.unit.provider.machines.programs import elf, place


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    return built.write(tmp_path / "programs")


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The file system of machines, with a program that needs nothing beside itself."""
    made = tmp_path / "root"
    (made / "usr/sbin").mkdir(parents=True)
    place(made / "usr/sbin/nft", elf(body=b"nft"))
    return made


def manifest(into: Path) -> dict[str, tuple[str, str]]:
    files = json.loads((into / "manifest.json").read_text())["files"]
    return {file["path"]: (file["sha256"], file["kind"]) for file in files}


def test_the_manifest_lists_every_file_with_its_digest(programs: Path, into: Path, root: Path) -> None:
    store.build(programs, into, root)
    there = {str(path.relative_to(into)) for path in into.glob("*/*")}
    listed = manifest(into)
    assert set(listed) == there
    assert {path.split("/")[0]: kind for path, (_, kind) in listed.items()} == {
        "bin": "binary",
        "cni": "cni",
        "images": "image",
    }
    for path, (digest, _) in listed.items():
        assert hashlib.sha256((into / path).read_bytes()).hexdigest() == digest


def test_images_have_the_names_that_kubeadm_expects(programs: Path, into: Path, root: Path) -> None:
    store.build(programs, into, root)
    assert b'"registry.example/pause:3.1"' in (into / "images/pause.tar").read_bytes()
    assert b'"registry.example/kube-scheduler:v1.2.3"' in (into / "images/kube-scheduler.tar").read_bytes()


def test_programs_of_the_control_plane_are_installed_as_images_only(programs: Path, into: Path, root: Path) -> None:
    store.build(programs, into, root)
    assert not (into / "bin/kube-apiserver").exists()


def test_an_unchanged_store_is_left_alone(programs: Path, into: Path, root: Path) -> None:
    assert store.build(programs, into, root)
    before = {path: path.stat().st_mtime_ns for path in into.rglob("*")}
    assert not store.build(programs, into, root)
    assert {path: path.stat().st_mtime_ns for path in into.rglob("*")} == before


def test_a_changed_program_replaces_only_what_is_made_of_it(programs: Path, into: Path, root: Path) -> None:
    store.build(programs, into, root)
    before, listed = {path: path.stat().st_ino for path in into.glob("*/*")}, manifest(into)
    place(programs / "bin/kube-scheduler", elf(body=b"newer"))
    assert store.build(programs, into, root)
    changed = {str(path.relative_to(into)) for path in into.glob("*/*") if path.stat().st_ino != before[path]}
    assert changed == {"images/kube-scheduler.tar"}
    assert {path for path, entry in manifest(into).items() if entry != listed[path]} == changed


def test_a_program_that_was_overwritten_in_place_is_noticed_although_it_is_the_same_file(
    programs: Path, into: Path, root: Path
) -> None:
    store.build(programs, into, root)
    with (programs / "bin/etcd").open("r+b") as file:
        file.seek(70)
        file.write(b"changed")
    store.build(programs, into, root)
    assert manifest(into)["bin/etcd"][0] == hashlib.sha256((into / "bin/etcd").read_bytes()).hexdigest()


def test_another_kubeadm_names_all_images_anew(programs: Path, into: Path, root: Path) -> None:
    store.build(programs, into, root)
    place(programs / "bin/kubeadm", built.KUBEADM.replace("v1.2.3", "v1.2.4").encode())
    store.build(programs, into, root)
    assert b'"registry.example/kube-scheduler:v1.2.4"' in (into / "images/kube-scheduler.tar").read_bytes()


def test_a_damaged_or_missing_file_of_the_store_is_made_again(programs: Path, into: Path, root: Path) -> None:
    store.build(programs, into, root)
    whole = (into / "images/pause.tar").read_bytes()
    (into / "images/pause.tar").write_bytes(whole[:-1])
    (into / "cni/ptp").unlink()
    assert store.build(programs, into, root)
    assert (into / "images/pause.tar").read_bytes() == whole
    assert (into / "cni/ptp").exists()


def test_a_file_that_nobody_lists_any_more_is_removed(programs: Path, into: Path, root: Path) -> None:
    store.build(programs, into, root)
    (into / "bin/.etcd.new").write_bytes(b"left by an interruption")
    (into / "bin/old").write_bytes(b"of an older store")
    place(programs / "bin/etcd", elf(body=b"newer"))
    store.build(programs, into, root)
    assert set(manifest(into)) == {str(path.relative_to(into)) for path in into.glob("*/*")}


def test_programs_take_no_second_place_on_the_same_disk(programs: Path, into: Path, root: Path) -> None:
    store.build(programs, into, root)
    assert (programs / "bin/etcd").samefile(into / "bin/etcd")


def test_all_missing_programs_are_named_at_once_and_nothing_is_built(programs: Path, into: Path, root: Path) -> None:
    (programs / "bin/etcd").unlink()
    (programs / "cni/ptp").unlink()
    with pytest.raises(Unable, match=r"bin/etcd, cni/ptp|cni/ptp, bin/etcd"):
        store.build(programs, into, root)
    assert not into.exists()


def test_the_program_that_kube_proxy_calls_is_in_its_image_and_a_newer_one_makes_it_anew(
    programs: Path, into: Path, root: Path
) -> None:
    store.build(programs, into, root)
    before = manifest(into)
    assert b"usr/sbin/nft" in (into / "images/kube-proxy.tar").read_bytes()
    place(root / "usr/sbin/nft", elf(body=b"newer"))
    store.build(programs, into, root)
    assert {path for path, entry in manifest(into).items() if entry != before[path]} == {"images/kube-proxy.tar"}


def test_without_a_machine_image_only_what_needs_a_part_of_it_is_left_out(
    programs: Path, into: Path, root: Path, tmp_path: Path
) -> None:
    store.build(programs, into, tmp_path / "nowhere")
    without = set(manifest(into))
    store.build(programs, into, root)
    assert set(manifest(into)) - without == {"images/kube-proxy.tar"}


def test_packages_of_a_distribution_are_listed_with_what_needs_them(programs: Path, into: Path, root: Path) -> None:
    file = programs.parent / "runc_1.1.5_amd64.deb"
    file.write_bytes(b"runc")
    package = store.PackageFile(file=file, release="debian-12", name="runc", version="1.1.5", needed_by=("runc",))
    store.build(programs, into, root, packages=[package])
    listed = [f for f in json.loads((into / "manifest.json").read_text())["files"] if f["kind"] == "package"]
    assert listed == [
        {
            "path": "packages/debian-12/runc_1.1.5_amd64.deb",
            "sha256": hashlib.sha256(b"runc").hexdigest(),
            "kind": "package",
            "release": "debian-12",
            "name": "runc",
            "version": "1.1.5",
            "neededBy": ["runc"],
        }
    ]
    assert (into / listed[0]["path"]).read_bytes() == b"runc"
    assert store.build(programs, into, root, packages=[]), "a package that is no longer needed changes the store"
    assert not (into / listed[0]["path"]).exists()
