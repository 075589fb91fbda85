"""The pod network `routed`, made by the real CNI plugins, nft and ip in namespaces."""

import re
import time
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

import documents
from documents import pod_network
from tests.unit.documents.pods import STRANGER, Site, Space, serving, site, strict
from tests.unit.documents.topologies import FIVE, IPV6, local

ARP_SECONDS = 3.0  # that the kernel asks in vain for a neighbour before it says so
OWN: dict[str, object] = {"addons": {"podNetwork": {"kind": "own"}}}


@pytest.fixture(scope="module")
def two_nodes() -> Iterator[Site]:
    with site(local()) as made:
        yield made


def test_a_pod_reaches_a_pod_of_another_node_which_sees_its_own_address(two_nodes: Site) -> None:
    one, address = two_nodes.first.pod("one")
    other, far = two_nodes.second.pod("other")
    assert address.startswith("10.244.11.")
    assert far.startswith("10.244.12.")
    with serving(other, 80):
        assert one.calls(far, 80) == address


def test_two_pods_of_one_node_reach_each_other_and_the_node_reaches_both(two_nodes: Site) -> None:
    one, address = two_nodes.first.pod("neighbour-1")
    other, near = two_nodes.first.pod("neighbour-2")
    with serving(other, 80):
        assert one.calls(near, 80) == address
        assert two_nodes.first.space.calls(near, 80)


def test_a_pod_is_seen_as_itself_by_nodes_and_as_its_node_by_everybody_else(two_nodes: Site) -> None:
    pod, address = two_nodes.first.pod("caller")
    with serving(two_nodes.second.space, 81), serving(two_nodes.stranger, 81):
        assert pod.calls(str(two_nodes.second.node.address), 81) == address
        assert pod.calls(STRANGER, 81) == str(two_nodes.first.node.address)


def test_a_host_port_leads_to_its_pod(two_nodes: Site) -> None:
    pod, _ = two_nodes.first.pod("with-host-port", host_port=8088)
    with serving(pod, 80):
        assert two_nodes.stranger.calls(str(two_nodes.first.node.address), 8088)


def test_all_of_it_passes_hosts_that_check_senders_strictly(two_nodes: Site) -> None:
    for node in (two_nodes.first, two_nodes.second):
        strict(node.space)
    one, address = two_nodes.first.pod("checked-1")
    other, far = two_nodes.second.pod("checked-2")
    with serving(other, 80):
        assert one.calls(far, 80) == address


def test_an_address_that_no_pod_has_is_refused_at_once_on_the_node_and_from_others(two_nodes: Site) -> None:
    _, address = two_nodes.first.pod("there")
    gone = str(ip_address(address) + 100)
    for node in (two_nodes.first, two_nodes.second):
        # On a busy computer one call may be slow; without the refusal every call takes ARP's time.
        assert any(_refused_in(node.space, gone) < ARP_SECONDS for _ in range(3))


def _refused_in(space: Space, address: str) -> float:
    begun = time.monotonic()
    with pytest.raises(AssertionError, match="No route to host"):
        space.calls(address, 80)
    return time.monotonic() - begun


@pytest.mark.parametrize("table", ["ip filter", "inet ufw"])
def test_pods_pass_a_firewall_that_drops_what_is_forwarded(two_nodes: Site, table: str) -> None:
    one, address = two_nodes.first.pod(f"behind-{table.split()[1]}-1")
    other, far = two_nodes.second.pod(f"behind-{table.split()[1]}-2")
    closed = f"add table {table}; add chain {table} FORWARD {{ type filter hook forward priority 0; policy drop; }}"
    for node in (two_nodes.first, two_nodes.second):
        node.space.run("nft", closed)
        for _ in range(2):
            node.begin()
        assert node.space.run("nft", "list", "chain", *table.split(), "FORWARD").count(" accept") == 2
    with serving(other, 80):
        assert one.calls(far, 80) == address
    for node in (two_nodes.first, two_nodes.second):
        node.space.run("nft", "delete", "table", *table.split())


def test_the_unit_may_run_again_at_any_time_and_mends_what_was_taken_away(two_nodes: Site) -> None:
    node = two_nodes.first
    before = node.space.run("ip", "route"), node.space.run("nft", "list", "ruleset")
    node.space.run("ip", "route", "flush", "proto", str(pod_network.ROUTE_PROTOCOL))
    node.space.run("nft", "flush", "ruleset")
    for _ in range(2):
        node.begin()
    routes, rules = node.space.run("ip", "route"), node.space.run("nft", "list", "table", "ip", pod_network.TABLE)
    assert routes == before[0]
    assert rules in before[1]


def test_every_node_has_a_route_to_every_other_and_refuses_what_no_pod_of_its_own_has() -> None:
    plan = local(FIVE)
    for node in plan.nodes:
        lines = pod_network.routes(plan, node).splitlines()
        wanted = [f"route replace {o.pod_ranges[0]} via {o.address} proto 78" for o in plan.nodes if o != node]
        assert lines == [*wanted, f"route replace unreachable {node.pod_ranges[0]} proto 78"]


def test_ipv6_pods_have_routes_and_rules_of_their_family() -> None:
    plan = local(IPV6)
    assert "route replace fd00:244:0:12::/64 via fd00:88::12" in pod_network.routes(plan, plan.nodes[0])
    assert "table ip6 quorate-pods" in pod_network.masquerade(plan, plan.nodes[0])


def test_another_network_is_not_disturbed() -> None:
    plan = local(OWN)
    files = documents.files(plan, plan.nodes[0])
    assert not [file.path for file in files if file.step == "pod-network"]


def test_the_object_of_a_node_has_the_range_that_its_pods_get() -> None:
    for plan in (local(), local(OWN)):
        for node in plan.nodes:
            (text,) = (file.content for file in documents.files(plan, node) if file.path.endswith("/node.yaml"))
            assert re.findall(r"podCIDR: (\S+)", text) == [str(node.pod_ranges[0])]
