import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from provider.local.machines import bridge, fleet, machine
from provider.local.machines.bridge import Bridge
from provider.local.machines.machine import Machine
from provider.local.machines.place import PROJECT
from provider.local.machines.unable import Unable
from tests.live.machines.lab import BRIDGE, FLEET, Key


def ip(*words: str) -> str:
    return subprocess.run(["ip", *words], capture_output=True, text=True, check=True).stdout


@pytest.fixture
def foreign() -> Iterator[None]:
    ip("link", "add", "name", BRIDGE.name, "type", "bridge")
    yield
    ip("link", "delete", "dev", BRIDGE.name)


@pytest.mark.usefixtures("foreign")
def test_a_bridge_of_somebody_else_is_neither_used_nor_removed() -> None:
    with pytest.raises(Unable, match="marked with no owner"):
        bridge.ensure(BRIDGE)
    assert not bridge.exists(BRIDGE)
    bridge.remove(BRIDGE)
    assert BRIDGE.name in ip("link", "show", "dev", BRIDGE.name)


def test_a_network_that_this_computer_uses_otherwise_is_refused() -> None:
    with pytest.raises(Unable, match=r"127\.0\.0\.1/8 on lo"):
        bridge.ensure(Bridge(fleet=FLEET, name=BRIDGE.name, cidr="127.5.0.1/24"))
    assert not bridge.exists(BRIDGE)


@pytest.mark.usefixtures("network")
def test_making_and_removing_the_bridge_again_is_no_error() -> None:
    address = Path("/sys/class/net/qtest0/address").read_text()
    bridge.ensure(BRIDGE)
    assert bridge.exists(BRIDGE)
    bridge.remove(BRIDGE)
    bridge.remove(BRIDGE)
    assert not bridge.exists(BRIDGE)
    bridge.ensure(BRIDGE)
    # Machines that run meanwhile would have remembered it.
    assert Path("/sys/class/net/qtest0/address").read_text() == address


def test_a_bridge_is_not_taken_from_under_running_machines(cp1: Machine) -> None:
    with pytest.raises(Unable, match=r"cp1\.machines-test running"):
        bridge.remove(BRIDGE)
    machine.stop(FLEET, cp1.name)
    bridge.remove(BRIDGE)


def test_another_clone_is_told_whose_the_fleet_is_and_how_to_free_it(cp1: Machine, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(PROJECT / "provider", clone / "provider", ignore=shutil.ignore_patterns("__pycache__"))

    def there(*words: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "provider.local.machines", *words]
        return subprocess.run(argv, cwd=clone, capture_output=True, text=True, check=False)

    for words in (["kill", FLEET, "cp1"], ["stop", FLEET, "cp1"], ["destroy", FLEET, "--yes"]):
        refused = there(*words)
        assert refused.returncode == 1
        assert f"it belongs to {PROJECT}" in refused.stderr
        assert "--take" in refused.stderr
    assert machine.find(FLEET, "cp1") == cp1
    assert there("destroy", FLEET, "--yes", "--take").returncode == 0
    assert machine.find(FLEET, "cp1") is None


@pytest.mark.usefixtures("cp1")
def test_an_unanswered_question_destroys_nothing() -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "provider.local.machines", "destroy", FLEET],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 1
    assert "cp1 and bridge qtest0 will be destroyed" in asked.stderr
    assert machine.find(FLEET, "cp1") is not None


@pytest.mark.usefixtures("cp1")
def test_without_root_machines_are_shown_but_not_touched() -> None:
    text = f"""
import os
import encodings.ascii  # nobody cannot read it later where Python is in root's home
from provider.local.machines import machine
from provider.local.machines.unable import Unable
os.setgroups([]); os.setgid(65534); os.setuid(65534)
assert machine.find({FLEET!r}, "cp1").running
try:
    machine.kill({FLEET!r}, "cp1")
except Unable as reason:
    print(reason)
"""
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert "created by root" in done.stdout
    assert "sudo" in done.stdout


@pytest.mark.usefixtures("network")
def test_a_disk_that_would_fill_the_host_is_not_made(key: Key) -> None:
    # In a mount namespace of its own, the folder of the fleet is on a small file system.
    making = (
        "from tests.live.machines.lab import *\nfrom provider.local.machines import machine\n"
        f"machine.create(spec('cp1', Key(private=Path({str(key.private)!r}))))"
    )
    small = (
        f'mkdir -p /var/lib/quorate/{FLEET} && mount -t tmpfs -o size=100m tmpfs /var/lib/quorate/{FLEET} && exec "$@"'
    )
    argv = ["unshare", "--mount", "sh", "-c", small, "sh", sys.executable, "-c", making]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "MB free" in done.stderr


def test_a_fleet_without_machines_and_bridge_is_nobodys(cp1: Machine) -> None:
    assert fleet.owner(FLEET) == PROJECT
    machine.destroy(FLEET, cp1.name)
    assert fleet.owner(FLEET) == PROJECT
    bridge.remove(BRIDGE)
    assert fleet.owner(FLEET) is None
