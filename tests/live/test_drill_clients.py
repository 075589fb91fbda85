"""What clients with the field's default settings experience: no deadline, no retry of their own."""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from workbench.lab.api import Connection, Unanswered
from workbench.lab.cluster import Cluster, kubeconfig
from workbench.lab.fault import Fault
from workbench.lab.figure import Figure
from workbench.lab.outlive import outlive
from workbench.lab.recording import Recording
from workbench.lab.site import Site
from workbench.lab.writer import Patience

GROUP = "Clients without a deadline"
FAULTS = {
    "leader-killed": ("etcd's leader killed", Fault(what="kill-program", where="etcd-leader", program="etcd")),
    "leader-dead": ("Machine of etcd's leader dead", Fault(what="cut-power", where="etcd-leader", lasts=12.0)),
    "owner-dead": ("Owner of the address dead", Fault(what="cut-power", where="vip-owner", lasts=12.0)),
}
FOREVER = Patience(deadline=90.0)
LEASES = ("kube-scheduler", "kube-controller-manager")
PERIOD = 2.0  # seconds: client-go's leader election retries and renews that often by default


@dataclass(kw_only=True)
class Commands:
    """Plain `kubectl create` commands, one after the other: how long each took, and whether it failed."""

    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


@contextmanager
def beside(work: threading.Event, *threads: threading.Thread) -> Iterator[None]:
    """The threads run for as long as the block lasts; `work` is set at its end."""
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        work.set()
        for thread in threads:
            thread.join()


def create(config: Path, program: str, end: threading.Event, into: Commands) -> None:
    """Make ConfigMaps with kubectl, each by a command of its own."""
    number = 0
    while not end.is_set():
        number += 1
        begun = time.monotonic()
        command = (program, f"--kubeconfig={config}", "create", "configmap", f"by-kubectl-{begun:.3f}")
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        into.seconds.append(time.monotonic() - begun)
        if done.returncode:
            into.failed.append(done.stderr.strip())
        end.wait(0.1)


def watch_leases(site: Site, end: threading.Event, into: dict[str, list[tuple[str, str, float]]]) -> None:
    """Holder and renewal of the controllers' leases, with the moment at which each was seen first."""
    connection = Connection(site.access)
    while not end.wait(0.1):
        for lease in LEASES:
            try:
                found = connection.get(
                    f"/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/{lease}", deadline=1
                )
            except Unanswered:
                continue
            seen = (found.text("spec", "holderIdentity"), found.text("spec", "renewTime"))
            if seen[1] and (not into[lease] or into[lease][-1][:2] != seen):
                into[lease].append((*seen, time.monotonic()))


@pytest.mark.drill(runs=3)
@pytest.mark.parametrize("name", FAULTS)
def test_plain_kubectl_and_controllers_with_default_settings(cluster: Cluster, recording: Recording, name: str) -> None:
    words, fault = FAULTS[name]
    commands, leases = Commands(), {lease: list[tuple[str, str, float]]() for lease in LEASES}
    end = threading.Event()
    program = cluster.stack.run("sh", "-c", "command -v kubectl").good().output.strip()
    threads = (
        threading.Thread(target=create, args=(kubeconfig(cluster.stack), program, end, commands), daemon=True),
        threading.Thread(target=watch_leases, args=(cluster.site, end, leases), daemon=True),
    )
    title = f"{words}, clients without a deadline"
    with recording.drill(f"client-{name}", title=title, group=GROUP, patience=FOREVER) as running:
        with beside(end, *threads):
            outlive(running, fault, writes_go_on=False)
        running.figure(Figure(name="slowest kubectl command", value=round(max(commands.seconds), 2)))
        running.figure(Figure(name="kubectl commands that failed", value=len(commands.failed), unit=""))
        for lease, renewals in leases.items():
            longest = max((later[2] - earlier[2] for earlier, later in pairwise(renewals)), default=0.0)
            figure = Figure(name=f"{lease} not renewed", value=round(longest, 1), theory=PERIOD, why="its retry period")
            running.figure(figure)
        for said in dict.fromkeys(commands.failed):
            running.note(f"kubectl: {said}"[:160])
