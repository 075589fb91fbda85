import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from provider.local.machines.lock import locked

HOLD = """
import sys, time
from pathlib import Path
from provider.local.machines.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_threads_of_one_process_wait_for_each_other(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _ in range(50):
            with locked(tmp_path / "lock"):
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.0002)
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 300
    assert max(most) == 1


def test_a_lock_is_free_again_when_its_holder_was_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "lock")], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with locked(tmp_path / "lock"):
        pass


def test_nothing_is_left_of_a_lock(tmp_path: Path) -> None:
    with locked(tmp_path / "lock"):
        pass
    assert not list(tmp_path.iterdir())
