"""Ups after the first one."""

import pytest

from workbench.lab.cluster import Cluster, settings
from workbench.lab.downtime import overlap
from workbench.lab.drill import drill
from workbench.lab.lock_holders import holders


def test_a_preview_after_up_shows_no_change(cluster: Cluster) -> None:
    cluster.stack.preview("--expect-no-changes").good()


def test_a_second_up_changes_nothing(cluster: Cluster) -> None:
    second = cluster.stack.up().good()
    cluster.figures.add("pulumi up without a change", f"{second.seconds:.1f} s")
    assert list(second.resources) == ["unchanged"], second.tail


def test_a_refresh_finds_no_drift(cluster: Cluster) -> None:
    cluster.stack.refresh("--expect-no-changes").good()


def test_the_component_tree_is_in_the_stack(cluster: Cluster) -> None:
    shown = cluster.stack.run("pulumi", "stack", "--stack", cluster.stack.name, "--color", "never").good().output
    for component in ("ControlPlane", "CertificateTree", "EtcdCluster", "EtcdMember", "Fleet", "VirtualIp"):
        assert component in shown


def test_a_changed_audit_setting_rolls_one_node_at_a_time_and_no_client_with_a_retry_notices(cluster: Cluster) -> None:
    members = cluster.site.members()
    cluster.stack.set(settings(controlPlane={"audit": {"level": "Request"}}))
    with drill(cluster.site) as running:
        begun = running.begun
        done = cluster.stack.up().good()
        running.wait_for_writes(seconds=10)
        gap = running.gap(begun)
    outcome = running.finished
    outcome.check()
    cluster.figures.add_outcome("rolling change of an audit setting", outcome, gap=gap, more=f"up {done.seconds:.1f} s")
    assert not outcome.service.failed_for_good, outcome.service.reasons
    for name in cluster.machines.names:
        policy = cluster.machines.run(name, "cat", "/etc/kubernetes/quorate/audit.yaml")
        assert "level: Request\n" in policy
    assert sorted(holders(done.output)) == sorted(cluster.machines.names), "each node holds the cluster's lock once"
    both = overlap(
        {
            reader.place.name: tuple(reader.readings)
            for reader in running.readers
            if reader.place in cluster.site.servers
        }
    )
    assert not both, f"two API servers were down at the same time: {both}"
    assert cluster.site.members() == members, "a changed setting must not touch the membership"


@pytest.mark.acceptance("T22")
def test_the_rolled_cluster_is_whole_and_needs_nothing_more(cluster: Cluster) -> None:
    cluster.site.wait_until_whole(seconds=15)
    cluster.stack.preview("--expect-no-changes").good()
