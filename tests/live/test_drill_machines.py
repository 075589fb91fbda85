"""Machines that die, one or all of them; those with a figure of their own are in test_drill_figures.py."""

from pathlib import Path

import pytest

from workbench.lab.fault import Fault
from workbench.lab.outlive import outlive
from workbench.lab.recording import Recording

GROUP = "Machines"
DEAD_SECONDS = 5.0


@pytest.mark.drill
@pytest.mark.parametrize("where", ["etcd-leader", "bystander"])
def test_a_machine_dies_and_comes_back_with_its_disk(recording: Recording, where: str) -> None:
    title = {"etcd-leader": "Machine of etcd's leader dead", "bystander": "Machine without a role dead"}[where]
    with recording.drill(f"dead-{where}", title=title, group=GROUP) as running:
        outlive(running, Fault(what="cut-power", where=where, lasts=DEAD_SECONDS))


@pytest.mark.drill
def test_all_machines_are_shut_down_cleanly_and_come_back(recording: Recording) -> None:
    with recording.drill("shut-down-all", title="All machines shut down and started", group=GROUP) as running:
        outlive(running, Fault(what="shut-down", where="every-machine", lasts=0.1), writes_go_on=False)


@pytest.mark.drill
def test_the_clock_of_one_machine_jumps() -> None:
    clocks = {line.split()[0] for line in Path("/proc/self/timens_offsets").read_text(encoding="ascii").splitlines()}
    # time_namespaces(7): the wall clock is the computer's. A machine here that set it would set it for everybody.
    assert not clocks & {"realtime", "0"}, "this kernel has a wall clock for each namespace: write the drill"
    pytest.skip(f"live: a machine of this computer has clocks of its own for {', '.join(sorted(clocks))} only")
