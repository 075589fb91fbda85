"""Programs from a store or from packages."""

import hashlib

import pytest

from agent.artifacts import Store
from agent.model.failure import Failed
from agent.model.programs import Artifact, Package
from agent.steps.programs import ProgramsStep
from agent.system.packages import Packages
from tests.unit.agent.place import Place, named


def store(place: Place, **contents: bytes) -> dict[str, object]:
    digests = []
    for name, content in contents.items():
        path = place.file(f"/opt/store/bin/{name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        digests.append({"path": f"bin/{name}", "sha256": sha256, "kind": "binary"})
    return {"source": "store", "store": "file:///opt/store", "digests": digests}


def test_programs_are_installed_once_and_then_no_difference(place: Place) -> None:
    step = ProgramsStep(place.machine(artifacts=store(place, etcd=b"etcd", kubelet=b"kubelet")))
    assert named(step.differences()).keys() == {
        str(place.file("/usr/local/bin/etcd")),
        str(place.file("/usr/local/bin/kubelet")),
    }
    step.apply()
    step.verify()
    assert place.file("/usr/local/bin/etcd").read_bytes() == b"etcd"
    assert step.differences() == []


def test_a_program_that_was_changed_on_the_machine_is_noticed_without_hashing_the_others(place: Place) -> None:
    artifacts = store(place, etcd=b"etcd", kubelet=b"kubelet")
    ProgramsStep(place.machine(artifacts=artifacts)).apply()
    place.file("/usr/local/bin/etcd").write_bytes(b"evil")
    step = ProgramsStep(place.machine(artifacts=artifacts))
    assert [d.found for d in step.differences()] == ["another file"]
    step.apply()
    assert place.file("/usr/local/bin/etcd").read_bytes() == b"etcd"


def test_an_installation_that_was_cut_in_the_middle_goes_on_with_what_is_missing(place: Place) -> None:
    artifacts = store(place, etcd=b"etcd", kubelet=b"kubelet")
    place.file("/opt/store/bin/kubelet").rename(place.folder / "kubelet")
    with pytest.raises(Failed, match="bin/kubelet"):
        ProgramsStep(place.machine(artifacts=artifacts)).apply()
    first = place.file("/usr/local/bin/etcd").stat().st_ino
    (place.folder / "kubelet").rename(place.file("/opt/store/bin/kubelet"))
    ProgramsStep(place.machine(artifacts=artifacts)).apply()
    assert place.file("/usr/local/bin/etcd").stat().st_ino == first
    assert place.file("/usr/local/bin/kubelet").read_bytes() == b"kubelet"


INSTALLED = """cat <<'END'
kubelet ii  1.36.3-1.1
kubeadm hi  1.36.30-1.1
containerd.io ii  1.7.27-1
chrony rc  4.3-2
nftables ii  1.0.6-2
END"""
OFFERED = """case "$2" in
kubeadm) echo " kubeadm | 1.36.4-1.1 | X"; echo " kubeadm | 1.36.3-1.1 | X" ;;
containerd.io) echo "containerd.io | 2.2.1-1~debian.12~bookworm | X" ;;
chrony) echo "    chrony | 4.3-2+deb12u1 | X" ;;
kubectl) echo " kubectl | 1.36.30-1.1 | X"; echo " kubectl | 1.35.9-1.1 | X" ;;
esac"""
PINNED = (
    Package(name="kubelet", version="1.36.3", held=True),
    Package(name="kubeadm", version="1.36.3", held=True),
    Package(name="containerd.io", minimum="2", held=True),
    Package(name="chrony"),
    Package(name="nftables"),
)


def machine_with_packages(place: Place) -> Packages:
    place.program("dpkg-query", INSTALLED)
    place.program("apt-cache", OFFERED)
    place.program("apt-get", f'echo "$@" >> {place.folder}/apt')
    place.program("apt-mark", f'echo "$@" >> {place.folder}/mark')
    return Packages(place.host)


def test_packages_get_the_version_of_the_plan_from_what_the_repositories_have_and_are_held(place: Place) -> None:
    packages = machine_with_packages(place)
    outdated = {package.name: found for package, found in packages.outdated(PINNED)}
    assert outdated == {"kubeadm": "1.36.30-1.1", "containerd.io": "1.7.27-1", "chrony": "not installed"}
    packages.install([package for package in PINNED if package.name in outdated])
    installing = (place.folder / "apt").read_text().splitlines()[-1].split()
    assert installing[-3:] == ["kubeadm=1.36.3-1.1", "containerd.io=2.2.1-1~debian.12~bookworm", "chrony=4.3-2+deb12u1"]
    assert (place.folder / "mark").read_text().split() == ["hold", "kubeadm", "containerd.io"]


def test_versions_that_no_repository_has_are_all_reported_before_anything_is_installed(place: Place) -> None:
    packages = machine_with_packages(place)
    wanted = (*PINNED, Package(name="kubectl", version="1.36.3"), Package(name="etcd-server", version="3.6.10"))
    with pytest.raises(Failed, match=r"kubectl 1.36.3: found 1.36.30-1.1, 1.35.9-1.1; etcd-server 3.6.10: no such"):
        packages.install(wanted)
    assert "install" not in (place.folder / "apt").read_text()


def carried(place: Place, *files: tuple[str, str, str]) -> tuple[Store, list[Artifact]]:
    """A store with package files: release, name, version."""
    found = []
    for release, name, version in files:
        path = f"packages/{release}/{name}_{version}_all.deb"
        content = place.file(f"/opt/store/{path}")
        content.parent.mkdir(parents=True, exist_ok=True)
        content.write_text(name)
        sha256 = hashlib.sha256(name.encode()).hexdigest()
        found.append(
            Artifact(
                path=path,
                sha256=sha256,
                kind="package",
                release=release,
                name=name,
                version=version,
                needed_by=("runc",),
            )
        )
    return Store("file:///opt/store", place.host), found


def test_packages_of_a_store_are_installed_offline_and_never_older_than_what_is_there(place: Place) -> None:
    packages = machine_with_packages(place)
    place.file("/etc/os-release").write_text('ID=debian\nVERSION_ID="12"\n')
    store, files = carried(
        place, ("debian-12", "runc", "1.1.5"), ("debian-12", "nftables", "1.0.5-1"), ("debian-13", "runc", "1.1.15")
    )
    packages.install_files([Package(name="runc")], files, store)
    asked = (place.folder / "apt").read_text().split()
    assert [name for name in asked if name.endswith(".deb")] == [asked[-1]]
    assert asked[-1].endswith("/runc_1.1.5_all.deb")
    assert "Dir::Etc::SourceList=/dev/null" in asked


def test_a_release_that_the_store_was_not_built_for_is_reported_with_those_that_it_has(place: Place) -> None:
    packages = machine_with_packages(place)
    place.file("/etc/os-release").write_text("ID=ubuntu\nVERSION_ID='24.04'\n")
    store, files = carried(place, ("debian-12", "runc", "1.1.5"), ("debian-13", "runc", "1.1.15"))
    with pytest.raises(Failed, match=r"lacks runc.*for ubuntu-24.04, only for debian-12, debian-13"):
        packages.install_files([Package(name="runc")], files, store)
