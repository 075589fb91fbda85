"""Faults that a cluster must outlive without help. Figures are printed; correctness is asserted."""

import time

import pytest

from workbench.lab.cluster import Cluster
from workbench.lab.drill import drill
from workbench.lab.fault import Fault
from workbench.lab.outlive import BACK_SECONDS, outlive


def outlived(cluster: Cluster, subject: str, fault: Fault) -> None:
    """Break it, wait until it is whole again, account."""
    cluster.site.wait_until_whole(seconds=BACK_SECONDS)
    with drill(cluster.site) as running:
        gap = outlive(running, fault)
    outcome = running.finished
    figures = ", ".join(f"{one.name} {one.value:g} {one.unit}" for one in running.figures[1:])
    cluster.figures.add_outcome(subject, outcome, gap=gap, more=f"{', '.join(running.hits[0].names)}; {figures}")
    outcome.check()
    assert all(outcome.fresh.values()), f"a place was never read: {outcome.fresh}"


def test_killing_haproxy_on_the_owner_of_the_address_loses_nothing(cluster: Cluster) -> None:
    outlived(
        cluster, "HAProxy killed on the VIP owner", Fault(what="kill-program", where="vip-owner", program="haproxy")
    )


def test_killing_the_etcd_leader_loses_nothing(cluster: Cluster) -> None:
    outlived(cluster, "etcd leader killed", Fault(what="kill-program", where="etcd-leader", program="etcd"))


@pytest.mark.acceptance("T01")
@pytest.mark.acceptance("T03")
def test_the_owner_of_the_address_dies_and_the_others_go_on_without_it(cluster: Cluster) -> None:
    outlived(cluster, "VIP owner's machine dead", Fault(what="cut-power", where="vip-owner", lasts=3.0))


def test_all_machines_lose_power_at_once_and_serve_again_without_help(cluster: Cluster) -> None:
    cluster.site.wait_until_whole(seconds=BACK_SECONDS)
    with drill(cluster.site) as running:
        hit = running.inject(Fault(what="cut-power", where="every-machine", lasts=0.1))
        on = time.monotonic()
        running.mend(hit)
        running.wait_for_writes(seconds=BACK_SECONDS)
        writable = time.monotonic() - on
        cluster.site.wait_until_whole(seconds=BACK_SECONDS)
        whole = time.monotonic() - on
        gap = running.gap(hit.at)
    more = f"writable {writable:.1f} s, whole {whole:.1f} s after power came back"
    cluster.figures.add_outcome("all machines lose power", running.finished, gap=gap, more=more)
    running.finished.check()


def test_after_all_faults_nothing_is_left_to_repair(cluster: Cluster) -> None:
    cluster.site.wait_until_whole(seconds=BACK_SECONDS)
    cluster.stack.refresh("--expect-no-changes").good()
    cluster.stack.preview("--expect-no-changes").good()
