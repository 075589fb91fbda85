"""Certificates that are deleted or over: who notices, who goes around it, and what mends it."""

import time

import pytest

from workbench.lab.cluster import Cluster
from workbench.lab.drill import Drill
from workbench.lab.expiry import expired
from workbench.lab.figure import Figure
from workbench.lab.machines import CommandFailed
from workbench.lab.outlive import BACK_SECONDS
from workbench.lab.recording import Recording
from workbench.lab.wait import NotYet, until

GROUP = "Certificates"
PKI = "/etc/kubernetes/pki"
NEW_CONNECTIONS = 12  # in a row: enough for each of three servers to have its turn


def mended_by_an_up(cluster: Cluster, running: Drill, since: float) -> None:
    """What `pulumi up --refresh` finds and puts right, and what clients noticed until then and meanwhile."""
    running.wait_for_writes(seconds=10)
    running.figure(Figure(name="longest gap", value=round(running.gap(since), 3)))
    running.note("pulumi up --refresh")
    begun = running.notes[-1].at
    cluster.stack.up("--refresh").good()
    cluster.site.wait_until_whole(seconds=BACK_SECONDS)
    running.note("whole")
    running.wait_for_writes(seconds=10)
    running.figure(Figure(name="longest gap while mended", value=round(running.gap(begun), 3)))


@pytest.mark.drill
def test_a_deleted_certificate_of_etcd_takes_one_member_out_at_its_next_start(
    cluster: Cluster, recording: Recording
) -> None:
    name = next(name for name in cluster.machines.names if name != cluster.site.leader())
    with recording.drill(
        "certificate-deleted", title="etcd's certificate deleted, etcd killed", group=GROUP
    ) as running:
        running.note(f"deleted: {name}")
        since = running.notes[-1].at
        cluster.machines.run(name, "sh", "-c", f"rm {PKI}/etcd/server.crt; pkill -KILL -x etcd")

        def refused() -> None:
            try:
                cluster.machines.run(name, "etcdctl", "--endpoints=https://127.0.0.1:2379", "endpoint", "health")
            except CommandFailed:
                return
            raise NotYet("etcd answers")

        until("etcd is away", refused, seconds=10)
        mended_by_an_up(cluster, running, since)


@pytest.mark.drill
def test_an_expired_certificate_of_one_api_server_is_gone_around_until_it_is_renewed(
    cluster: Cluster, recording: Recording
) -> None:
    name = cluster.site.owner()
    machines = cluster.machines
    key = machines.run(name, "cat", f"{PKI}/ca.key")
    over = expired(machines.run(name, "cat", f"{PKI}/apiserver.crt"), key)
    server = next(place for place in cluster.site.servers if place.name == name)
    with recording.drill("certificate-expired", title="Certificate of one API server expired", group=GROUP) as running:
        running.note(f"expired: {name}")
        since = running.notes[-1].at
        machines.run(name, "sh", "-c", f"cat > {PKI}/apiserver.crt <<'END'\n{over}END\n")

        def distrusted() -> None:
            try:
                cluster.api(server).get("/readyz")
            except OSError as reason:
                if "CERTIFICATE_VERIFY_FAILED" in str(reason):
                    return
            raise NotYet("its certificate is still accepted")

        # The API server reads its certificate again once a minute (dynamiccertificates.FileRefreshDuration).
        until("the API server serves the expired certificate", distrusted, seconds=90, every=0.5)
        running.note("served")
        served = running.notes[-1].at

        def gone_around() -> None:
            try:
                for _ in range(NEW_CONNECTIONS):
                    cluster.api().get("/readyz")
            except OSError as reason:
                raise NotYet(str(reason)) from None

        until("the balancer leaves it out", gone_around, seconds=10, every=0.1)
        running.figure(Figure(name="until new clients no longer meet it", value=round(time.monotonic() - served, 2)))
        mended_by_an_up(cluster, running, since)


@pytest.mark.drill
@pytest.mark.acceptance("T14")
def test_every_leaf_is_renewed_before_its_time_and_no_client_with_a_retry_notices(
    cluster: Cluster, recording: Recording
) -> None:
    stack, machines = cluster.stack, cluster.machines

    def leaves() -> dict[str, str]:
        names = ("apiserver", "apiserver-kubelet-client", "etcd/server", "etcd/peer", "front-proxy-client")
        return {
            f"{node} {leaf}": machines.run(node, "cat", f"{PKI}/{leaf}.crt")
            for node in machines.names
            for leaf in names
        }

    before, members = leaves(), cluster.site.members()
    with recording.drill("renew", title="Every leaf certificate renewed", group=GROUP) as running:
        done = stack.operation("certificates", "renew", "--yes", "--config-file", stack.settings_file).good()
        running.wait_for_writes(seconds=10)
        running.figure(Figure(name="longest gap", value=round(running.gap(running.begun), 3), limit=0.5))
        running.figure(Figure(name="whole renewal", value=round(done.seconds, 1)))
    assert not running.finished.service.failed_for_good, running.finished.service.reasons
    after = leaves()
    assert not [leaf for leaf in before if after[leaf] == before[leaf]]
    assert cluster.site.members() == members
    cluster.site.wait_until_whole(seconds=BACK_SECONDS)
    stack.operation("verify").good()
    stack.preview("--expect-no-changes").good()
