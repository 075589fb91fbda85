"""What pods get: addresses of their node's range, and each other."""

from itertools import permutations

import pytest

from workbench.lab.cluster import NODES, Cluster
from workbench.lab.machines import CommandFailed
from workbench.lab.pods import pod, reaches
from workbench.lab.wait import until

BACK_SECONDS = 60.0
ASK = ("curl", "--insecure", "--silent", "--show-error", "--fail", "--max-time", "5")


def test_every_nodes_object_has_the_range_of_its_address(cluster: Cluster) -> None:
    nodes = cluster.api().get("/api/v1/nodes").items()
    found = {node.text("metadata", "name"): node.at("spec", "podCIDRs") for node in nodes}
    assert found == {name: [f"10.244.{address.rpartition('.')[2]}.0/24"] for name, address in NODES.items()}


def test_pods_of_all_nodes_reach_each_other_by_their_own_addresses(cluster: Cluster) -> None:
    with pod(cluster, "cp1") as first, pod(cluster, "cp2") as second, pod(cluster, "cp3") as third:
        every = (first, second, third)
        for one in every:
            one.serve()
        for one, other in permutations(every, 2):
            reaches(one, other)


def test_a_pod_reaches_the_endpoint_and_every_api_server(cluster: Cluster) -> None:
    with pod(cluster, "cp2") as one:
        for place in (cluster.site.endpoint, *cluster.site.servers):
            shown = one.run(*ASK, f"https://{place.host}:{place.port}/readyz")
            assert shown == "ok", place.name


def test_etcd_tells_a_pod_nothing(cluster: Cluster) -> None:
    with pod(cluster, "cp2") as one:
        for address in NODES.values():
            for scheme in ("https", "http"):
                with pytest.raises(CommandFailed):
                    one.run(*ASK, f"{scheme}://{address}:2379/version")


def test_routes_that_somebody_took_away_come_back_by_themselves(cluster: Cluster) -> None:
    with pod(cluster, "cp1") as first, pod(cluster, "cp3") as third:
        third.serve()
        cluster.machines.run("cp1", "ip", "route", "flush", "proto", "78")
        reaches(first, third, seconds=40)


def test_the_network_survives_the_reboot_of_a_machine(cluster: Cluster) -> None:
    cluster.machines.stop("cp3")
    cluster.machines.start("cp3")
    cluster.site.wait_until_whole(seconds=BACK_SECONDS)
    until("three nodes are Ready again", cluster.nodes_are_ready, seconds=BACK_SECONDS)
    with pod(cluster, "cp1") as first, pod(cluster, "cp3") as third:
        first.serve()
        third.serve()
        reaches(first, third)
        reaches(third, first)
    cluster.stack.refresh("--expect-no-changes").good()
