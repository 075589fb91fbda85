"""The volume of etcd: formatted once, never when something is on it."""

import json

import pytest

from agent.aws import disk
from agent.model.failure import Failed
from tests.unit.agent.place import Place

ROOT = {
    "path": "/dev/nvme0n1",
    "type": "disk",
    "model": "EBS",
    "pttype": "gpt",
    "children": [{"path": "/dev/nvme0n1p1"}],
}
EBS = {"path": "/dev/nvme1n1", "type": "disk", "model": "EBS", "mountpoints": [None], "pttype": None}
SCRATCH = {**EBS, "path": "/dev/nvme2n1", "model": "Amazon EC2 NVMe Instance Storage"}


@pytest.fixture
def machine(place: Place) -> Place:
    (place.root / "proc/self").mkdir(parents=True)
    place.file("/proc/self/mounts").write_text("/dev/nvme0n1p1 / ext4 rw 0 0\n")
    label = place.file(disk.DEVICE)
    place.program("mkfs.ext4", f'echo "mkfs $*" >> {place.folder}/done; mkdir -p {label.parent}; touch {label}')
    place.program("udevadm", "exit 0")
    place.program("mount", f'echo "mount $*" >> {place.folder}/done')
    place.program("wipefs", "exit 0")
    attached(place, ROOT, EBS)
    probed(place, 2)
    return place


def attached(place: Place, *disks: object) -> None:
    (place.folder / "disks").write_text(json.dumps({"blockdevices": disks}))
    place.program("lsblk", f"cat {place.folder}/disks")


def probed(place: Place, status: int) -> None:
    place.program("blkid", f"exit {status}")


def done(place: Place) -> list[str]:
    log = place.folder / "done"
    return log.read_text().splitlines() if log.exists() else []


def mount(place: Place) -> list[str]:
    said: list[str] = []
    disk.mount(place.host, said.append, patience=0.2)
    return said


def test_an_empty_volume_is_formatted_and_mounted(machine: Place) -> None:
    mount(machine)
    formatted, mounted = done(machine)
    assert formatted == "mkfs -q -L quorate-etcd /dev/nvme1n1"
    assert mounted.endswith(f"{disk.DEVICE} /var/lib/etcd")


def test_a_volume_that_comes_back_is_mounted_and_never_formatted(machine: Place) -> None:
    machine.file(disk.DEVICE).parent.mkdir(parents=True)
    machine.file(disk.DEVICE).touch()
    mount(machine)
    assert [line.split()[0] for line in done(machine)] == ["mount"]


@pytest.mark.parametrize("status", [0, 4, 8], ids=["something is there", "it cannot be read", "two things are there"])
def test_a_volume_is_only_formatted_when_the_probe_finds_nothing(machine: Place, status: int) -> None:
    probed(machine, status)
    with pytest.raises(Failed, match="no volume for etcd was attached"):
        mount(machine)
    assert not done(machine)


def test_a_volume_with_a_signature_that_only_wipefs_knows_is_left_alone(machine: Place) -> None:
    machine.program("wipefs", "echo 0x438 ext4")
    with pytest.raises(Failed):
        mount(machine)
    assert not done(machine)


def test_two_empty_volumes_are_an_error_and_neither_is_formatted(machine: Place) -> None:
    attached(machine, ROOT, EBS, {**EBS, "path": "/dev/nvme3n1"})
    with pytest.raises(Failed, match="cannot determine which"):
        mount(machine)
    assert not done(machine)


def test_a_disk_that_is_lost_with_the_instance_is_not_taken(machine: Place) -> None:
    attached(machine, ROOT, SCRATCH)
    with pytest.raises(Failed, match="no volume"):
        mount(machine)
    assert not done(machine)


def test_what_is_mounted_stays_as_it_is(machine: Place) -> None:
    machine.file("/proc/self/mounts").write_text("/dev/nvme1n1 /var/lib/etcd ext4 rw 0 0\n")
    assert mount(machine) == []
    assert not done(machine)
