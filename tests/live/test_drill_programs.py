"""Programs that are killed, which a supervisor sees at once, or that hang for a while, which none sees."""

import time

import pytest

from workbench.lab.fault import Fault
from workbench.lab.figure import Figure
from workbench.lab.outlive import outlive
from workbench.lab.recording import Recording
from workbench.lab.wait import NotYet, until

GROUP = "Programs"
WHERE = {
    "etcd, leading": ("etcd", "etcd-leader"),
    "etcd, following": ("etcd", "etcd-follower"),
    "kube-apiserver": ("kube-apiserver", "vip-owner"),
    "kube-scheduler": ("kube-scheduler", "scheduler"),
    "kube-controller-manager": ("kube-controller-manager", "controller-manager"),
    "kubelet": ("kubelet", "vip-owner"),
    "containerd": ("containerd", "vip-owner"),
    "haproxy": ("haproxy", "vip-owner"),
    "keepalived": ("keepalived", "vip-owner"),
}
# What was measured for its own figure: see test_drill_figures.py.
KILLED = {name: where for name, where in WHERE.items() if name not in {"haproxy", "etcd, leading"}}
PAUSE_SECONDS = 12.0  # longer than every time-out on the way that should notice


def slug(name: str) -> str:
    return name.replace(", ", "-")


@pytest.mark.drill
@pytest.mark.parametrize("name", KILLED, ids=slug)
def test_a_killed_program_comes_back_by_itself_and_nothing_is_lost(recording: Recording, name: str) -> None:
    program, where = KILLED[name]
    with recording.drill(f"killed-{slug(name)}", title=f"{name} killed", group=GROUP) as running:
        outlive(running, Fault(what="kill-program", where=where, program=program))


@pytest.mark.drill
@pytest.mark.parametrize("name", WHERE, ids=slug)
def test_a_program_that_hangs_is_gone_around_and_nothing_is_lost(recording: Recording, name: str) -> None:
    program, where = WHERE[name]
    with recording.drill(f"paused-{slug(name)}", title=f"{name} hangs", group=GROUP) as running:
        fault = Fault(what="pause-program", where=where, program=program, lasts=PAUSE_SECONDS)
        outlive(running, fault)


HANG_SECONDS = 25.0  # leases last 15 s, and are asked for every 2 s


@pytest.mark.drill
@pytest.mark.acceptance("T05")
@pytest.mark.parametrize("component", ["scheduler", "controller-manager"])
def test_another_one_takes_over_from_a_component_that_hangs(recording: Recording, component: str) -> None:
    title = f"kube-{component} hangs until another one takes over"
    with recording.drill(f"takeover-{component}", title=title, group=GROUP) as running:
        site = running.site
        hit = running.inject(
            Fault(what="pause-program", where=component, program=f"kube-{component}", lasts=HANG_SECONDS)
        )

        def taken_over() -> None:
            if (holder := site.at_work(f"kube-{component}")) in hit.names:
                raise NotYet(f"{holder} holds the lease")

        until("another one holds the lease", taken_over, seconds=HANG_SECONDS)
        running.figure(
            Figure(name="taken over", value=round(time.monotonic() - hit.at, 1), theory=15.0, why="the lease")
        )
        running.note("taken over")
        running.mend(hit)
        running.wait_for_writes(seconds=10)
