"""Runs one round: a bare init, then one cluster from creation to removal."""

import sys
import time
from dataclasses import dataclass

from workbench.benchmarks import bare
from workbench.benchmarks.memory import PeakMemory
from workbench.lab.api import Connection
from workbench.lab.cluster import SERVING_SECONDS, site, standing
from workbench.lab.ground import Ground
from workbench.lab.progress import Progress
from workbench.lab.site import Site
from workbench.lab.stack import Run, Stack
from workbench.lab.wait import NotYet, until

GROUND = Ground(name="bench", bridge="qbench0", prefix="10.89.64")
MEBIBYTE = 2**20


# Two safe namespaces: the objects that an update adds to a running cluster.
MORE: dict[str, object] = {"namespaces": [{"name": "one"}, {"name": "two"}]}


@dataclass(frozen=True, kw_only=True)
class Life:
    """One cluster from creation to removal.

    In seconds, except `resources` (a number) and `memory` (peak MiB of the three machines together); `each` is the time
    per additional object, 0 without add-ons.
    """

    up: float
    again: float
    down: float
    resources: int
    memory: float
    each: float


@dataclass(frozen=True, kw_only=True)
class Round:
    """`init` in seconds; `life` is the life of a cluster without add-ons, `whole` that of one with add-ons."""

    init: float
    life: Life
    whole: Life


def measure(progress: Progress) -> Round:
    """One round. Raises `AssertionError` if a cluster does not start, changes unexpectedly, or is not removed."""
    progress.say("bare kubeadm init")
    init = bare.seconds()
    progress.say(f"bare kubeadm init: {init:.1f} s")
    return Round(init=init, life=_live(progress, add_ons=False), whole=_live(progress, add_ons=True))


def _live(progress: Progress, *, add_ons: bool) -> Life:
    stack = Stack(GROUND, progress=progress)
    with standing(stack):
        stack.set(GROUND.settings(addons={"enabled": add_ons}))
        memory = PeakMemory(GROUND.name, tuple(GROUND.nodes))
        with memory.watched():
            begun = time.monotonic()
            made = _up(stack)
            running = site(stack)
            until("three nodes answer", lambda: answering(running), seconds=SERVING_SECONDS)
            up = time.monotonic() - begun
            running.wait_until_whole(seconds=SERVING_SECONDS)
            time.sleep(5)  # the level of an idle cluster
            begun = time.monotonic()
            second = _up(stack)
            again = time.monotonic() - begun
        if list(second.resources) != ["unchanged"]:
            raise AssertionError(f"the second up changed something:\n{second.tail}")
        each = _each(stack, second) if add_ons else 0.0
        gone = stack.destroy().good()
    return Life(
        up=up,
        again=again,
        down=gone.seconds,
        resources=made.resources["created"],
        memory=memory.peak / MEBIBYTE,
        each=each,
    )


def _each(stack: Stack, idle: Run) -> float:
    """Additional seconds of an update for each object that it adds."""
    stack.set(GROUND.settings(addons={"enabled": True, **MORE}))
    more = stack.up().good()
    return (more.seconds - idle.seconds) / more.resources["created"]


def answering(running: Site) -> None:
    """Check through the virtual address that three nodes are registered and all API servers ready. Raises `NotYet`."""
    running.ready()
    nodes = Connection(running.access).get("/api/v1/nodes").items()
    if len(nodes) != len(running.servers):
        raise NotYet(f"{len(nodes)} nodes are registered")


def _up(stack: Stack) -> Run:
    # The parts of `make up`: the set-up, which has nothing left to do, and the update.
    stack.run(sys.executable, "-m", "workbench.setup").good()
    return stack.up().good()
