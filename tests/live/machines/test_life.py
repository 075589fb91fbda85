import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from provider.local.machines import machine
from provider.local.machines.machine import Machine
from provider.local.machines.unable import Unable
from tests.live.machines.lab import FLEET, Key, make_key, spec

NAMES = ("cp1", "cp2", "cp3")


def said(*argv: str, name: str = "cp1") -> str:
    done = machine.run(FLEET, name, argv)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.usefixtures("network")
def test_three_machines_are_made_side_by_side_and_reached_by_ssh(key: Key) -> None:
    begun = time.monotonic()
    with ThreadPoolExecutor() as threads:
        made = list(threads.map(lambda name: machine.create(spec(name, key)), NAMES))
    assert time.monotonic() - begun < 30
    for one in made:
        assert key.ssh(one.name, one.host_key, "hostname") == one.name
    assert len({key.ssh(one.name, one.host_key, "cat /etc/machine-id") for one in made}) == 3
    assert len({one.host_key for one in made}) == 3
    assert len({one.generation for one in made}) == 3
    assert key.ssh("cp1", made[0].host_key, "ping -c 1 -W 2 10.89.1.13 > /dev/null && echo reached") == "reached"
    assert list(machine.list_machines(FLEET)) == made


def test_making_a_machine_again_changes_nothing(cp1: Machine, key: Key) -> None:
    booted = said("cat", "/proc/1/stat")[20]
    assert machine.create(spec("cp1", key)) == cp1
    assert said("cat", "/proc/1/stat")[20] == booted


def test_a_power_cut_keeps_the_disk(cp1: Machine) -> None:
    said("sh", "-c", "echo kept > /var/lib/etcd/mark && echo kept > /root/mark")
    machine.kill(FLEET, "cp1")
    assert machine.find(FLEET, "cp1") == replace(cp1, running=False)
    assert machine.start(FLEET, "cp1") == cp1
    assert said("cat", "/var/lib/etcd/mark", "/root/mark") == "kept\nkept"


def test_a_clean_stop_lets_services_finish(cp1: Machine) -> None:
    said("systemd-run", "--quiet", "--unit=last", "--property=ExecStop=touch /root/finished", "sleep", "infinity")
    machine.stop(FLEET, "cp1")
    assert not machine.find(FLEET, "cp1").running  # type: ignore[union-attr]  # it has a disk
    assert machine.start(FLEET, "cp1") == cp1
    said("test", "-e", "/root/finished")


def test_a_power_cut_lets_nothing_finish(cp1: Machine) -> None:
    said("systemd-run", "--quiet", "--unit=last", "--property=ExecStop=touch /root/finished", "sleep", "infinity")
    machine.kill(FLEET, "cp1")
    machine.start(FLEET, cp1.name)
    assert machine.run(FLEET, "cp1", ["test", "-e", "/root/finished"]).returncode == 1


def test_a_lost_machine_comes_back_empty_but_is_known_by_its_host_key(cp1: Machine, key: Key) -> None:
    said("touch", "/var/lib/etcd/mark", "/var/lib/containerd/mark", "/root/mark")
    machine.wipe(FLEET, "cp1")
    assert machine.find(FLEET, "cp1") is None
    again = machine.create(spec("cp1", key))
    assert again.generation != cp1.generation
    assert key.ssh("cp1", cp1.host_key, "ls /var/lib/etcd /var/lib/containerd; ls /root") == (
        "/var/lib/containerd:\n\n/var/lib/etcd:"
    )


def test_a_machine_destroyed_with_its_disk_kept_continues_on_it(cp1: Machine, key: Key) -> None:
    machine.destroy(FLEET, "cp1", keep_disk=True)
    assert machine.create(spec("cp1", key)) == cp1


def test_another_key_replaces_the_old_one_on_the_same_disk(cp1: Machine, key: Key, tmp_path: Path) -> None:
    other = make_key(tmp_path)
    assert machine.create(spec("cp1", other)) == cp1
    assert other.ssh("cp1", cp1.host_key, "hostname") == "cp1"
    with pytest.raises(Exception, match="exit status 255"):
        key.ssh("cp1", cp1.host_key, "hostname")


def test_two_machines_never_get_one_address(cp1: Machine, key: Key) -> None:
    with pytest.raises(Unable, match=r"cp1\.machines-test uses it"):
        machine.create(replace(spec("cp2", key), address=cp1.address))


def test_what_was_never_made_cannot_be_started(cp1: Machine) -> None:
    with pytest.raises(Unable, match="no disk of that name"):
        machine.start(cp1.fleet, "cp9")


def test_stopping_and_destroying_what_is_gone_is_no_error(cp1: Machine) -> None:
    for _ in range(2):
        machine.stop(FLEET, cp1.name)
        machine.kill(FLEET, cp1.name)
        machine.wipe(FLEET, cp1.name)
        machine.destroy(FLEET, cp1.name)


def test_a_machine_without_its_bridge_says_so(key: Key) -> None:
    with pytest.raises(Unable, match="bridge qtest0 exists"):
        machine.create(spec("cp1", key))
