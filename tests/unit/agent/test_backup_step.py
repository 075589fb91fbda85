"""The timer of snapshots on one's own hosts runs a copy of the agent that set it up."""

import subprocess
import sys

import pytest

from agent.leaving import leave
from agent.model.failure import Failed
from agent.snapshots.folder import MARK
from agent.steps.backup import SERVICE, TIMER, BackupStep
from agent.system.own_archive import PLACE, own_archive
from tests.unit.agent.place import Place, Wish, named, remember

FILES = (
    Wish(SERVICE, f"[Service]\nExecStart=/usr/bin/python3 {PLACE} backup\n", "backup"),
    Wish(f"/etc/systemd/system/{TIMER}", "[Timer]\nOnCalendar=hourly\n", "backup"),
)


@pytest.fixture
def step(place: Place) -> BackupStep:
    place.service(TIMER)
    return BackupStep(place.machine(FILES))


def test_the_timer_runs_and_is_there_after_a_boot_and_then_nothing_differs(place: Place, step: BackupStep) -> None:
    assert {PLACE, SERVICE, f"{TIMER} state", f"{TIMER} at boot"} <= named(step.differences()).keys()
    step.apply()
    assert f"start {TIMER}" in place.orders()
    assert not step.differences()


def test_the_copy_is_an_agent_that_python_can_run(place: Place, step: BackupStep) -> None:
    step.apply()
    done = subprocess.run([sys.executable, place.file(PLACE), "--help"], capture_output=True, text=True, check=True)
    assert "save a snapshot of etcd where the settings say" in done.stdout


def test_another_agent_replaces_the_copy(place: Place, step: BackupStep) -> None:
    step.apply()
    place.file(PLACE).write_bytes(b"an earlier one")
    assert list(named(step.differences())) == [PLACE]
    step.apply()
    assert place.file(PLACE).read_bytes() == own_archive()


def test_an_instance_whose_first_contact_fetches_the_agent_keeps_no_copy(place: Place) -> None:
    place.service(TIMER)
    files = (Wish(SERVICE, "[Service]\nExecStart=/usr/bin/python3 /elsewhere.py backup\n", "backup"), FILES[1])
    BackupStep(place.machine(files)).apply()
    assert not place.file(PLACE).exists()


def test_a_node_that_leaves_makes_no_more_snapshots_and_keeps_those_that_it_has(place: Place, step: BackupStep) -> None:
    step.apply()
    kept = place.file("/var/backups/quorate/one.db")
    kept.parent.mkdir(parents=True)
    kept.write_text("pages")
    remember(place, FILES, role="balancer")
    leave(place.host, place.events, remove_data=True)
    assert not place.file(PLACE).exists()
    assert not place.file(SERVICE).exists()
    assert any(order.startswith(f"stop {TIMER}") for order in place.orders())
    assert kept.exists()


BACKUPS = {"directory": "/mnt/backups", "keep": 2, "send": [], "everyHours": 6}


def test_the_folder_gets_its_mark_once_and_a_mount_that_is_gone_later_fails_the_update(place: Place) -> None:
    place.service(TIMER)
    step = BackupStep(place.machine(FILES, backups=BACKUPS))
    step.apply()
    assert (place.file("/mnt/backups") / MARK).exists()
    assert not step.differences()
    (place.file("/mnt/backups") / MARK).unlink()
    assert "/mnt/backups" in named(step.differences())
    with pytest.raises(Failed, match="the mount is missing"):
        step.apply()


def test_another_folder_in_the_settings_gets_a_mark_of_its_own(place: Place) -> None:
    place.service(TIMER)
    BackupStep(place.machine(FILES, backups=BACKUPS)).apply()
    BackupStep(place.machine(FILES, backups={**BACKUPS, "directory": "/mnt/other"})).apply()
    assert (place.file("/mnt/other") / MARK).exists()
