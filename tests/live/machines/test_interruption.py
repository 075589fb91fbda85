import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from provider.local.machines import machine, process
from provider.local.machines.machine import Machine
from provider.local.machines.place import Place
from tests.live.machines.lab import FLEET, Key, spec

POINTS = int(os.environ.get("INTERRUPTIONS", "8"))  # for each call; a thorough run has 100
PLACE = Place(fleet=FLEET, name="cp1")


# A signal that a process sends to itself at a counted call comes at the same place however busy the host is.
SCRIPT = """
import os, sys
from pathlib import Path
from provider.local.machines import machine
from tests.live.machines.lab import FLEET, Key, spec
key = Key(private=Path(sys.argv[1]))
at, number, seen = int(sys.argv[2]), int(sys.argv[3]), 0

def count(frame, event, argument):
    global seen
    if event == "c_call" and ("/machines/" in frame.f_code.co_filename or "pathlib" in frame.f_code.co_filename):
        seen += 1
        if seen == at:
            os.kill(os.getpid(), number)

sys.setprofile(count)
{call}
sys.setprofile(None)
print(seen)
"""
CREATE = "machine.create(spec('cp1', key))"


def begin(call: str, key: Key, *, at: int = 0, number: int = 0) -> subprocess.CompletedProcess[str]:
    """Make the call in a process that, at its call number `at` into the kernel, gets a signal."""
    argv = [sys.executable, "-c", SCRIPT.format(call=call), str(key.private), str(at), str(number)]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def length(call: str, key: Key) -> int:
    return int(begin(call, key).stdout)


@pytest.mark.usefixtures("network")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_making_a_machine_continues_after_an_interruption_anywhere(key: Key, number: int) -> None:
    steps = length(CREATE, key)
    for at in range(1, steps, max(1, steps // POINTS)):
        machine.destroy(FLEET, "cp1")
        begin(CREATE, key, at=at, number=number)
        made = machine.create(spec("cp1", key))
        assert key.ssh("cp1", made.host_key, "hostname") == "cp1"


@pytest.mark.parametrize("call", ["destroy", "wipe", "kill", "stop"])
def test_taking_a_machine_away_continues_after_an_interruption_anywhere(cp1: Machine, key: Key, call: str) -> None:
    steps = length(f"machine.{call}(FLEET, 'cp1')", key)
    made = cp1
    for at in range(1, steps, max(1, steps // POINTS)):
        before, made = made, machine.create(spec("cp1", key))
        if call in {"kill", "stop"}:
            assert made == before
        begin(f"machine.{call}(FLEET, 'cp1')", key, at=at, number=signal.SIGKILL)
        getattr(machine, call)(FLEET, "cp1")
        found = machine.find(FLEET, "cp1")
        assert found == (replace(made, running=False) if call in {"kill", "stop"} else None)


@pytest.mark.usefixtures("cp1")
def test_a_machine_whose_supervisor_was_killed_is_cleared_away_and_started_again(key: Key) -> None:
    supervisor = process.machine(PLACE)
    assert supervisor is not None
    os.kill(supervisor.number, signal.SIGKILL)
    assert supervisor.ended_within(30)
    assert not machine.find(FLEET, "cp1").running  # type: ignore[union-attr]  # it has a disk
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
    assert begin("machine.start(FLEET, 'cp1')", key).returncode == 0
    assert machine.find(FLEET, "cp1").running  # type: ignore[union-attr]  # it has a disk
