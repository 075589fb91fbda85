"""Programs that are killed, which a supervisor sees at once, or that hang for a while, which none sees."""

import pytest

from tests.live.drills.fault import Fault
from tests.live.drills.outlive import outlive
from tests.live.drills.recording import Recording

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
