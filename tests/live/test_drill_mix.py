"""Many faults one after the other, drawn by a number that brings them back."""

import os
import time

import pytest

from workbench.lab.drill import Drill
from workbench.lab.fault import Fault
from workbench.lab.figure import Figure
from workbench.lab.outlive import BACK_SECONDS
from workbench.lab.recording import Recording
from workbench.lab.sequence import sequence

SEED = "QUORATE_DRILL_SEED"  # a number; another one draws other faults
FAULTS = "QUORATE_DRILL_FAULTS"  # how many


@pytest.mark.drill
def test_a_hundred_random_faults_lose_nothing_and_leave_a_healthy_cluster(recording: Recording) -> None:
    seed, count = int(os.environ.get(SEED, "7")), int(os.environ.get(FAULTS, "100"))
    title = f"{count} random faults, seed {seed}"
    with recording.drill("mix", title=title, group="Random mix") as running:
        for number, fault in enumerate(sequence(seed, count), 1):
            healed = strike(running, fault)
            print(f"{number}/{count} {fault}: {', '.join(running.hits[-1].names)}; whole after {healed:.1f} s")
        running.wait_for_writes(seconds=10)
        running.figure(Figure(name="faults", value=count, unit="faults"))
        running.figure(Figure(name="whole after the last", value=round(healed, 2), limit=30.0))
        longest = round(running.gap(running.begun), 2)
        running.figure(Figure(name="longest gap", value=longest))


def strike(running: Drill, fault: Fault) -> float:
    """Let it happen, mend it, wait until the cluster is whole; how many seconds that took."""
    hit = running.inject(fault)
    time.sleep(fault.lasts)
    since = running.mend(hit)
    running.wait_for_writes(seconds=BACK_SECONDS)
    running.site.wait_until_whole(seconds=BACK_SECONDS)
    return time.monotonic() - (since if fault.lasts else hit.at)
