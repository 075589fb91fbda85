import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from machines import machine, process
from machines.machine import Machine
from machines.place import Place
from tests.live.machines.lab import FLEET, Key, spec

PLACE = Place(fleet=FLEET, name="cp1")


def begin(call: str, key: Key) -> subprocess.Popen[bytes]:
    text = (
        "from machines import machine, bridge\nfrom pathlib import Path\n"
        "from tests.live.machines.lab import *\n"
        f"key = Key(private=Path({str(key.private)!r}))\n{call}\n"
    )
    return subprocess.Popen([sys.executable, "-c", text], stderr=subprocess.DEVNULL)


@pytest.mark.usefixtures("network")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("seconds", [0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.6, 0.9])
def test_making_a_machine_continues_after_an_interruption(key: Key, number: int, seconds: float) -> None:
    with begin("machine.create(spec('cp1', key))", key) as making:
        time.sleep(seconds)
        making.send_signal(number)
    made = machine.create(spec("cp1", key))
    assert key.ssh("cp1", made.host_key, "hostname") == "cp1"


@pytest.mark.parametrize("seconds", [0.08, 0.1, 0.12, 0.15, 0.2, 0.25])
@pytest.mark.parametrize("call", ["destroy", "wipe", "kill", "stop"])
def test_taking_a_machine_away_continues_after_an_interruption(
    cp1: Machine, key: Key, call: str, seconds: float
) -> None:
    with begin(f"machine.{call}(FLEET, 'cp1')", key) as taking:
        time.sleep(seconds)
        taking.kill()
    getattr(machine, call)(FLEET, "cp1")
    made = machine.create(spec("cp1", key))
    assert key.ssh("cp1", made.host_key, "hostname") == "cp1"
    if call in {"kill", "stop"}:
        assert made == cp1


@pytest.mark.usefixtures("cp1")
def test_a_machine_whose_supervisor_was_killed_is_cleared_away_and_started_again(key: Key) -> None:
    supervisor = process.machine(PLACE)
    assert supervisor is not None
    os.kill(supervisor.number, signal.SIGKILL)
    made = machine.create(spec("cp1", key))
    assert key.ssh("cp1", made.host_key, "hostname") == "cp1"


@pytest.mark.usefixtures("cp1")
def test_a_later_process_with_the_same_number_is_not_taken_for_the_machine() -> None:
    machine.kill(FLEET, "cp1")
    with subprocess.Popen(["sleep", "60"]) as other:
        stat = Path(f"/proc/{other.pid}/stat").read_text()
        fields = stat.split()
        fields[21] = "1"  # as if an earlier process had had this number
        PLACE.process.write_text(f"{process.boot()}\n{' '.join(fields)}\n")
        assert not machine.find(FLEET, "cp1").running  # type: ignore[union-attr]  # it has a disk
        PLACE.process.write_text(f"an-earlier-boot\n{stat}")
        assert not machine.find(FLEET, "cp1").running  # type: ignore[union-attr]  # it has a disk
        machine.kill(FLEET, "cp1")
        assert other.poll() is None
        other.kill()


@pytest.mark.usefixtures("cp1")
def test_a_machine_outlives_whoever_started_it(key: Key) -> None:
    machine.kill(FLEET, "cp1")
    with begin("machine.start(FLEET, 'cp1')", key) as starting:
        pass
    assert starting.returncode == 0
    assert machine.find(FLEET, "cp1").running  # type: ignore[union-attr]  # it has a disk
