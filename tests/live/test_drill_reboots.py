"""After each kind of change every machine starts again: what was right when it was applied is right after a boot."""

from collections.abc import Mapping

import pytest

from workbench.lab.cluster import Cluster, settings
from workbench.lab.figure import Figure
from workbench.lab.outlive import BACK_SECONDS
from workbench.lab.recording import Recording

GROUP = "Recovery"
OTHER_NAME = "api.other.quorate.internal"
# By what the change reaches on a node.
CHANGES: Mapping[str, Mapping[str, dict[str, object]]] = {
    "nothing": {},
    "etcd": {"etcd": {"quotaBytes": 3 * 2**30}},
    "static-pods": {"controlPlane": {"audit": {"maxBackups": 7}}},
    "kubelet": {"controlPlane": {"kubeReserved": {"cpu": "150m", "memory": "200Mi"}}},
    "system": {"network": {"timeServers": ["time.example.com"]}, "endpoint": {"otherNames": [OTHER_NAME]}},
    "balancer": {"endpoint": {"balancer": "nginx"}},
    "backups": {"backups": {"everyHours": 3, "directory": "/var/backups/other"}},
}


@pytest.mark.drill
@pytest.mark.parametrize("what", CHANGES)
def test_every_machine_starts_again_after_a_change_and_an_update_finds_nothing_to_do(
    cluster: Cluster, recording: Recording, what: str
) -> None:
    stack, machines = cluster.stack, cluster.machines
    title = f"Every machine restarted after a change of {what}".replace("-", " ")
    with recording.drill(f"reboots-{what}", title=title, group=GROUP) as running:
        stack.set(settings(**CHANGES[what]))
        done = stack.up().good()
        running.figure(Figure(name="update", value=round(done.seconds, 1)))
        cluster.site.wait_until_whole(seconds=BACK_SECONDS)
        running.note("restarts")
        begun = running.notes[-1].at
        for name in machines.names:
            machines.stop(name)
            machines.start(name)
            running.note(f"restarted: {name}")
            cluster.site.wait_until_whole(seconds=2 * BACK_SECONDS)
            running.wait_for_writes(seconds=30)
        running.figure(Figure(name="longest gap", value=round(running.gap(begun), 3)))
        stack.preview("--refresh", "--expect-no-changes").good()
    stack.operation("verify").good()
