"""Faults that a cluster must outlive without help. Figures are printed; correctness is asserted."""

import time

from tests.live.cluster import Cluster
from tests.live.drills.drill import drill
from tests.live.drills.fault import Fault

BACK_SECONDS = 60.0  # far more than it takes: a test is no benchmark


def outlived(cluster: Cluster, subject: str, fault: Fault, *, settle: float = 0.0) -> None:
    """Break it, wait until it is whole again (switching on again what has no power after `settle` seconds), account."""
    cluster.site.wait_until_whole(seconds=BACK_SECONDS)
    with drill(cluster.site) as running:
        hit = running.inject(fault)
        time.sleep(settle)
        if settle:
            running.wait_for_writes(seconds=BACK_SECONDS)
        on = time.monotonic()
        running.mend(hit)
        running.wait_for_writes(seconds=BACK_SECONDS)
        cluster.site.wait_until_whole(seconds=BACK_SECONDS)
        whole = time.monotonic() - (on if settle else hit.at)
        running.wait_for_writes(seconds=10)
        gap = running.gap(hit.at)
    outcome = running.finished
    more = f"{', '.join(hit.names)}; whole {whole:.1f} s after {'power came back' if settle else 'the fault'}"
    cluster.figures.add_outcome(subject, outcome, gap=gap, more=more)
    outcome.check()
    assert all(outcome.fresh.values()), f"a place was never read: {outcome.fresh}"


def test_killing_haproxy_on_the_owner_of_the_address_loses_nothing(cluster: Cluster) -> None:
    outlived(
        cluster, "HAProxy killed on the VIP owner", Fault(what="kill-program", where="vip-owner", program="haproxy")
    )


def test_killing_the_etcd_leader_loses_nothing(cluster: Cluster) -> None:
    outlived(cluster, "etcd leader killed", Fault(what="kill-program", where="etcd-leader", program="etcd"))


def test_the_owner_of_the_address_dies_and_the_others_go_on_without_it(cluster: Cluster) -> None:
    outlived(cluster, "VIP owner's machine dead", Fault(what="cut-power", where="vip-owner"), settle=3.0)


def test_all_machines_lose_power_at_once_and_serve_again_without_help(cluster: Cluster) -> None:
    cluster.site.wait_until_whole(seconds=BACK_SECONDS)
    with drill(cluster.site) as running:
        hit = running.inject(Fault(what="cut-power", where="every-machine"))
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
