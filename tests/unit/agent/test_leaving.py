"""Giving a machine back."""

import time

from agent.leaving import leave
from agent.system.memory import Memory
from agent.system.record import Record
from tests.unit.agent.place import Place, Wish

FILES = (
    Wish("/etc/systemd/system/etcd.service", "unit", "etcd"),
    Wish("/etc/systemd/system/haproxy.service.d/10-quorate.conf", "drop-in", "balancer"),
    Wish("/etc/kubernetes/pki/ca.key", "key", "control-plane", mode=0o600, secret=True),
)
MEMBER = {"name": "cp1", "peerUrl": "https://127.0.0.1:1", "clientUrl": "https://127.0.0.1:1"}


def installed(place: Place) -> None:
    """A node as an application leaves it."""
    place.file("/proc").rmdir()
    place.file("/proc").mkdir()
    for name in ("etcd", "kubelet", "containerd", "haproxy"):
        place.service(f"{name}.service")
        place.host.commands.run("systemctl", "start", f"{name}.service")
    artifacts = {"source": "store", "store": "file:///opt/store"}
    digests = [{"path": "bin/etcd", "sha256": "0" * 64, "kind": "binary"}]
    machine = place.machine(FILES, members=[MEMBER], balancer="haproxy", artifacts={**artifacts, "digests": digests})
    for step in ("etcd", "balancer", "control-plane"):
        machine.files(step).install()
    for path in ("/usr/local/bin/etcd", "/usr/local/bin/mine", "/var/lib/etcd/data/member/wal/0.wal"):
        place.file(path).parent.mkdir(parents=True, exist_ok=True)
        place.file(path).write_text("x")
    place.file("/var/lib/kubelet").mkdir()
    place.file("/var/lib/kubelet/config.yaml").write_text("x")
    place.file("/etc/hosts").write_text("127.0.0.1 localhost\n# quorate: begin\n10.0.0.1 cp1\n# quorate: end\n")
    Record(place.host, "programs").write({"bin/etcd": "digest"})
    Memory(place.host).begin(machine.wanted)
    Memory(place.host).succeed()


def test_a_dissolved_cluster_is_left_at_once_and_without_a_trace(place: Place) -> None:
    installed(place)
    Memory(place.host).dissolve()
    began = time.monotonic()
    leave(place.host, place.events, remove_data=False)
    assert time.monotonic() - began < 3.0
    for path in ("/var/lib/quorate", "/var/lib/etcd/data", "/etc/systemd/system/etcd.service", "/usr/local/bin/etcd"):
        assert not place.file(path).exists(), path
    assert not any(place.file("/etc/kubernetes").iterdir())
    assert not place.file("/etc/systemd/system/haproxy.service.d").exists()
    assert place.file("/etc/hosts").read_text() == "127.0.0.1 localhost\n"
    assert not any(event["event"] == "lock" for event in place.heard)


def test_what_belongs_to_the_administrator_stays(place: Place) -> None:
    installed(place)
    Memory(place.host).dissolve()
    leave(place.host, place.events, remove_data=False)
    assert place.file("/usr/local/bin/mine").exists()


def test_data_is_only_set_aside_unless_the_cluster_is_being_destroyed(place: Place) -> None:
    installed(place)
    leave(place.host, place.events, remove_data=False)
    [kept] = place.file("/var/lib/etcd").glob("left-*")
    assert (kept / "member/wal/0.wal").exists()
    assert not place.file("/etc/kubernetes/pki").exists()


def test_a_leave_that_was_cut_can_be_repeated(place: Place) -> None:
    installed(place)
    Memory(place.host).dissolve()
    place.file("/etc/systemd/system/etcd.service").unlink()
    place.file("/var/lib/etcd/data/member/wal/0.wal").unlink()
    leave(place.host, place.events, remove_data=False)
    assert leave(place.host, place.events, remove_data=False) == "nothing is installed on this machine"


def test_an_installation_that_never_succeeded_is_taken_back_too(place: Place) -> None:
    machine = place.machine(FILES)
    Memory(place.host).begin(machine.wanted)
    machine.files("etcd").install()
    Memory(place.host).dissolve()
    leave(place.host, place.events, remove_data=False)
    assert not place.file("/etc/systemd/system/etcd.service").exists()


def test_services_neither_run_nor_come_back_at_the_next_boot(place: Place) -> None:
    installed(place)
    for name in ("etcd", "kubelet", "containerd", "haproxy"):
        place.host.commands.run("systemctl", "add-wants", "multi-user.target", f"{name}.service")
    Memory(place.host).dissolve()
    leave(place.host, place.events, remove_data=False)
    for name in ("etcd", "kubelet", "containerd", "haproxy"):
        shown = place.host.commands.run("systemctl", "show", "-p", "a,b", f"{name}.service")
        assert "ActiveState=inactive" in shown
        assert "UnitFileState=disabled" in shown
