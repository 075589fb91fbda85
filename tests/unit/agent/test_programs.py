"""Programs from a store or from packages."""

import hashlib

import pytest

from agent.model.failure import Failed
from agent.steps.programs import ProgramsStep
from agent.system.packages import Repository, packages
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


DPKG = """case "$4" in
kubelet) echo "kubelet ii 1.36.3-1.1" ;;
kubeadm) echo "kubeadm hi 1.36.30-1.1" ;;
containerd) echo "containerd rc 1.6.20" ;;
chrony) echo "chrony ii 4.3-2" ;;
nftables) echo "nftables ii 1.0.6-2" ;;
*) exit 1 ;;
esac"""


def test_packages_are_pinned_to_the_plans_version_and_held(place: Place) -> None:
    # dpkg-query --show --showformat=... NAME
    place.program("dpkg-query", DPKG.replace('"$4"', '"$3"'))
    place.program("apt-get", f'echo "$@" >> {place.folder}/apt')
    place.program("apt-mark", f'echo "$@" >> {place.folder}/mark')
    manifest = place.wanted(artifacts={"source": "packages"}, balancer="haproxy").manifest
    wanted = packages(manifest)
    repository = Repository(place.host.commands)
    outdated = {package.name: found for package, found in repository.outdated(wanted)}
    assert outdated == {
        "kubeadm": "1.36.30-1.1",
        "kubectl": "not installed",
        "etcd-server": "not installed",
        "containerd": "not installed",
        "haproxy": "not installed",
    }
    repository.install([package for package in wanted if package.name in outdated])
    asked = (place.folder / "apt").read_text()
    assert "kubeadm=1.36.3*" in asked
    assert "etcd-server=3.6.10*" in asked
    assert (place.folder / "mark").read_text().split() == ["hold", "kubeadm", "kubectl", "etcd-server", "containerd"]


def test_a_version_that_no_repository_has_is_told_with_what_to_look_at(place: Place) -> None:
    place.program("apt-get", 'case "$*" in *install*) echo "E: Version not found" >&2; exit 100 ;; esac')
    manifest = place.wanted(artifacts={"source": "packages"}).manifest
    with pytest.raises(Failed, match=r"Version not found.*repository with these versions"):
        Repository(place.host.commands).install(packages(manifest))
