"""A backup of a database of half a gigabyte, while clients work."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.lab.cluster import Cluster
from workbench.lab.etcd import OWN, TLS, etcdctl, status
from workbench.lab.figure import Figure
from workbench.lab.recording import Recording

GROUP = "Operations"
PREFIX = "/quorate/ballast/"  # outside what API servers read: it is etcd that is to be large, not their caches
VALUES, VALUE_BYTES = 540, 1_000_000
LARGE_BYTES = 500_000_000
FILL_SECONDS = 300.0


@pytest.fixture
def large(cluster: Cluster) -> Iterator[int]:
    """A database of that size, in bytes; as small as before at the end."""
    words = " ".join((f"--endpoints={OWN}", *TLS))
    fill = (
        f"for n in $(seq {VALUES}); do head -c {VALUE_BYTES} /dev/urandom | etcdctl {words} put {PREFIX}$n; done"
        " > /dev/null"
    )
    machines = cluster.machines
    machines.run("cp1", "sh", "-ec", fill, seconds=FILL_SECONDS)
    try:
        yield status(machines, "cp1").size
    finally:
        gone = json.loads(etcdctl(machines, "cp1", "del", "--prefix", PREFIX, "-w", "json"))
        etcdctl(machines, "cp1", "compact", str(gone["header"]["revision"]))
        cluster.stack.operation("defragment").good()


@pytest.mark.drill
def test_a_backup_of_half_a_gigabyte_fails_no_request(
    cluster: Cluster, recording: Recording, large: int, tmp_path: Path
) -> None:
    assert large >= LARGE_BYTES
    with recording.drill("backup-large", title="A backup of a database of 500 MB", group=GROUP) as running:
        running.note("backup")
        begun = running.notes[-1].at
        said = cluster.stack.operation("backup", "--to", str(tmp_path)).good().output
        running.note("done")
        running.figure(Figure(name="backup", value=round(time.monotonic() - begun, 1)))
        running.wait_for_writes(seconds=10)
        running.figure(Figure(name="database", value=round(large / 1e6), unit="MB"))
        running.figure(Figure(name="longest gap", value=round(running.gap(begun), 3)))
    service = running.finished.service
    assert not service.failed_for_good, service.reasons
    assert not service.failed_once, service.reasons
    found = re.search(r"(\d+) bytes", said)
    assert found, said
    assert int(found[1]) >= LARGE_BYTES
