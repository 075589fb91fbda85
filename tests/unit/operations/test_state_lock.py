"""A killed command's lock is recognised, explained and removed; a living one's never is."""

import io
import json
import os
import socket
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from operations.environment import OperationFailed
from operations.state_lock import release_dead


@pytest.fixture
def locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PULUMI_BACKEND_URL", tmp_path.as_uri())
    monkeypatch.setattr("sys.stdin", io.StringIO())
    folder = tmp_path / ".pulumi/locks/organization/quorate/local"
    folder.mkdir(parents=True)
    return folder


def lock(folder: Path, *, process: int, computer: str | None = None, since: datetime | None = None) -> Path:
    file = folder / f"{process}.json"
    at = (since or datetime.now(UTC)).isoformat()
    content = {"pid": process, "username": "u", "hostname": computer or socket.gethostname(), "timestamp": at}
    file.write_text(json.dumps(content))
    return file


def dead_process() -> int:
    with subprocess.Popen(["true"]) as ended:
        ended.wait()
    return ended.pid


def test_a_lock_of_a_process_that_no_longer_exists_is_explained_with_the_way_out(locks: Path) -> None:
    file = lock(locks, process=dead_process())
    with pytest.raises(OperationFailed, match=r"no longer runs .*nothing was changed.*operations unlock --stack local"):
        release_dead("local")
    assert file.exists()


def test_unlock_removes_it_and_the_next_command_is_not_refused(locks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = lock(locks, process=dead_process())
    release_dead("local", yes=True)
    assert not file.exists()
    assert "removed the lock" in capsys.readouterr().out
    release_dead("local")


def test_a_number_that_another_process_has_now_does_not_keep_the_lock_alive(locks: Path) -> None:
    file = lock(locks, process=os.getpid(), since=datetime.now(UTC) - timedelta(days=2))
    release_dead("local", yes=True)
    assert not file.exists()


@pytest.mark.parametrize("computer", [None, "another-computer"])
def test_a_living_holder_and_one_of_another_computer_keep_their_lock(locks: Path, computer: str | None) -> None:
    file = lock(locks, process=os.getpid() if computer is None else dead_process(), computer=computer)
    release_dead("local", yes=True)
    assert file.exists()
