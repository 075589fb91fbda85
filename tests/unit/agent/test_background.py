"""Work that gives way to etcd."""

import os
import subprocess

from agent.system import background


def test_only_its_threads_and_their_programs_run_at_low_priority() -> None:
    mine = os.nice(0)
    with background.workers(1) as pool:
        started = pool.submit(subprocess.check_output, ["nice"], text=True).result()
    assert int(started) == max(mine, background.NICE)
    assert os.nice(0) == mine
