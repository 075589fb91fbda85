"""Names and Services while a machine dies, and the end of a cluster that is switched off."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from workbench.lab.cluster import NODES, Cluster, left, standing
from workbench.lab.ground import Ground
from workbench.lab.machines import LocalMachines, at_once
from workbench.lab.stack import Stack
from workbench.lab.workload import NAME, served

pytestmark = pytest.mark.drill
DEAD = "cp3"
SURVIVORS = tuple(name for name in NODES if name != DEAD)
WATCH_SECONDS, BEFORE_SECONDS, BACK_SECONDS = 30, 4.0, 120.0
LONGEST_SECONDS = 10.0  # that nobody answers a client which retries (issue 6)
SWITCHED_OFF_SECONDS = 60.0
ASKED = {"names": ("resolve", f"{NAME}.default.svc.cluster.local"), "services": ("get", f"http://{NAME}/")}


@pytest.mark.parametrize("asked", ASKED)
def test_the_death_of_a_machine_leaves_names_and_services_to_clients_that_retry(cluster: Cluster, asked: str) -> None:
    with served(cluster) as workload, ThreadPoolExecutor() as together:
        watching = {
            node: together.submit(workload.watch, node, *ASKED[asked], seconds=WATCH_SECONDS) for node in SURVIVORS
        }
        time.sleep(BEFORE_SECONDS)
        cluster.machines.kill(DEAD)
        try:
            said = {node: watched.result() for node, watched in watching.items()}
        finally:
            cluster.machines.start(DEAD)
        cluster.figures.add(f"{asked} after a machine's death", "; ".join(f"{n}: {text}" for n, text in said.items()))
        cluster.site.wait_until_whole(seconds=BACK_SECONDS)
    for text in said.values():
        longest = re.match(r"longest ([\d.]+) s", text)
        assert longest, text
        assert float(longest[1]) <= LONGEST_SECONDS, said


def test_a_cluster_that_is_switched_off_is_destroyed_without_waiting_for_its_api(cluster: Cluster) -> None:
    ground = Ground(name=f"{cluster.ground.name}off", bridge=f"{cluster.ground.bridge}x"[:15], prefix=PREFIX)
    stack = Stack(ground, progress=cluster.progress)
    with standing(stack):
        stack.up().good()
        machines = LocalMachines(fleet=ground.name, names=tuple(ground.nodes))
        at_once(machines.kill, machines.names)
        gone = stack.destroy().good()
        cluster.figures.add("pulumi destroy, every machine off", f"{gone.seconds:.1f} s")
        assert not left(ground), f"destroy left behind: {', '.join(left(ground))}"
        stack.remove()
    assert gone.seconds <= SWITCHED_OFF_SECONDS


PREFIX = "10.89.250"
