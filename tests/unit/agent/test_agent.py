"""The agent as it is sent to a machine: one archive, lines of JSON, one at a time."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from agent.model.events import Events
from agent.model.failure import Failed
from agent.system.archive import archive, digest
from agent.system.commands import CommandFailed, Commands
from agent.system.host_lock import LOCK, host_lock
from tests.unit.agent.place import Place, Wish


@pytest.fixture
def agent(tmp_path: Path) -> list[str]:
    """The command that runs the archive, away from this repository."""
    (tmp_path / "agent.pyz").write_bytes(archive())
    return [sys.executable, "-I", str(tmp_path / "agent.pyz"), f"--root={tmp_path / 'root'}"]


def lines(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


def test_the_archive_is_the_same_for_the_same_sources_and_holds_nothing_but_them() -> None:
    assert archive() == archive()
    assert len(digest()) == 64


def test_the_archive_runs_on_a_machine_that_knows_nothing(agent: list[str], tmp_path: Path) -> None:
    done = subprocess.run([*agent, "status"], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert lines(done.stdout) == [{"event": "status", "installed": False, "dissolved": False}]


def test_a_wanted_directory_that_cannot_be_read_is_a_result_and_not_a_traceback(
    agent: list[str], tmp_path: Path
) -> None:
    done = subprocess.run([*agent, "apply", "--wanted", str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    [result] = lines(done.stdout)
    assert result["event"] == "result"
    assert result["ok"] is False
    assert "node.json" in str(result["text"])
    assert "Traceback" not in done.stderr


def test_leaving_twice_or_without_ever_having_joined_succeeds(agent: list[str]) -> None:
    for _ in range(2):
        done = subprocess.run([*agent, "leave"], capture_output=True, text=True, check=True)
        assert lines(done.stdout)[-1]["ok"] is True


def test_no_secret_reaches_the_events_of_a_check(agent: list[str], tmp_path: Path) -> None:
    place = Place(tmp_path)
    secret = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIOeR\n"
    place.file("/etc/pki").mkdir()
    place.file("/etc/pki/a.key").write_text("another secret")
    wanted = place.wanted([Wish("/etc/pki/a.key", secret, "system", mode=0o600, secret=True)], role="balancer")
    done = subprocess.run(
        [*agent, "check", "--wanted", str(wanted.directory)], capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert "content differs" in said
    assert "MHcCAQEEIOeR" not in said
    assert wanted.files[0].sha256[:8] not in said


def test_a_caller_that_went_away_does_not_stop_the_work() -> None:
    def gone(_: str) -> None:
        raise BrokenPipeError

    events = Events(gone)
    events.step("etcd", "applying")
    events.member_begun()


def test_a_hang_up_does_not_end_the_agent(agent: list[str], tmp_path: Path) -> None:
    lock = tmp_path / "root" / LOCK.lstrip("/")
    lock.parent.mkdir(parents=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        process = subprocess.Popen([*agent, "leave"], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert "is running on this machine" in process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        assert process.poll() is None
    assert json.loads(process.stdout.read())["ok"] is True
    assert process.wait() == 0


def test_a_second_agent_waits_for_the_first_and_says_for_whom(place: Place) -> None:
    entered = threading.Event()
    leave = threading.Event()

    def first() -> None:
        with host_lock(place.host, place.events, patience=1.0):
            entered.set()
            leave.wait(5.0)

    thread = threading.Thread(target=first)
    thread.start()
    entered.wait(5.0)
    with pytest.raises(Failed, match=f"process {os.getpid()}"), host_lock(place.host, place.events, patience=0.1):
        pass
    leave.set()
    thread.join()
    with host_lock(place.host, place.events, patience=0.1):
        pass
    assert str(os.getpid()) in str(place.heard[0]["text"])


def test_a_program_that_fails_is_reported_with_its_last_output() -> None:
    commands = Commands(path="/usr/bin:/bin")
    with pytest.raises(CommandFailed, match="out of order") as failed:
        commands.run("sh", "-c", "echo out of order >&2; exit 3")
    assert failed.value.code == 3
    with pytest.raises(CommandFailed, match="no-such-program"):
        commands.run("no-such-program")


def test_a_program_that_takes_too_long_ends_with_everything_it_started(tmp_path: Path) -> None:
    commands = Commands(path="/usr/bin:/bin")
    with pytest.raises(CommandFailed, match="did not end in time"):
        commands.run("sh", "-c", f"(sleep 1; touch {tmp_path}/late) & wait", timeout=0.2)
    time.sleep(1.1)
    assert not (tmp_path / "late").exists()
