from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan import make
from tests.unit.plan.site import nodes, refusal, refusals, settings


def ranges(changes: dict[str, object] | None = None) -> dict[str, list[str]]:
    plan = make(settings(changes))
    return {node.name: [str(one) for one in node.pod_ranges] for node in plan.nodes}


def test_the_number_of_a_nodes_pod_range_is_that_of_its_address() -> None:
    assert ranges() == {"cp1": ["10.244.11.0/24"], "cp2": ["10.244.12.0/24"], "cp3": ["10.244.13.0/24"]}


def test_a_node_keeps_its_range_when_others_come_and_go() -> None:
    five = nodes(5)
    more = ranges({"nodes": five, "members": 5})
    assert {name: more[name] for name in ranges()} == ranges()
    fewer = ranges({"nodes": [five[4], five[2], five[0]]})
    assert fewer == {name: more[name] for name in fewer}


@given(st.integers(min_value=16, max_value=22), st.integers(min_value=20, max_value=24), st.data())
def test_ranges_of_nodes_are_inside_the_pods_and_apart_or_refused(pods: int, hosts: int, data: st.DataObject) -> None:
    network = IPv4Network(f"10.1.0.0/{hosts}", strict=False)
    numbers = st.integers(min_value=20, max_value=network.num_addresses - 2)
    places = data.draw(st.lists(numbers, min_size=3, max_size=3, unique=True))
    listed = [{**node, "address": str(network[place])} for node, place in zip(nodes(3), places, strict=True)]
    changes: dict[str, object] = {
        "network.hosts": str(network),
        "network.gateway": "10.1.0.1",
        "network.pods": [f"10.244.0.0/{pods}"],
        "nodes": listed,
    }
    said = refusals(changes)
    if said:
        assert {one.at.partition(".")[2] for one in said} == {"podRanges"}
        return
    found = [IPv4Network(text) for texts in ranges(changes).values() for text in texts]
    assert all(one.subnet_of(IPv4Network(f"10.244.0.0/{pods}")) for one in found)
    assert not any(one.overlaps(other) for one in found for other in found if one is not other)


def test_nodes_numbered_alike_in_several_subnets_do_not_meet() -> None:
    changes = {"network.hosts": "10.1.0.0/16"}
    addresses = {f"nodes.{i}.address": str(IPv4Address("10.1.0.11") + 256 * i) for i in range(3)}
    assert len({one for found in ranges({**changes, **addresses}).values() for one in found}) == 3


def test_two_nodes_that_meet_at_one_range_are_refused_with_the_two_ways_out() -> None:
    # 251 is the largest prime up to the 256 ranges that there are.
    meeting: dict[str, object] = {
        "network.hosts": "10.1.0.0/16",
        "nodes.2.address": str(IPv4Address("10.1.0.11") + 251),
    }
    said = refusal(meeting)
    assert said.at == "nodes[2].podRanges"
    assert said.found == "10.244.11.0/24, which overlaps that of nodes[0]"
    assert "a /8 of pods has a range for every address of 10.1.0.0/16" in said.fix
    assert ranges({**meeting, "nodes.2.podRanges": ["10.244.250.0/24"]})["cp3"] == ["10.244.250.0/24"]
    assert ranges({**meeting, "network.pods": ["11.0.0.0/8"]})["cp3"] == ["11.1.6.0/24"]


@pytest.mark.parametrize(
    ("given_ranges", "at"),
    [
        (["10.245.1.0/24"], "nodes[2].podRanges[0]"),
        (["10.244.1.0/24", "10.244.2.0/24"], "nodes[2].podRanges"),
        (["fd00:1::/64"], "nodes[2].podRanges"),
        (["10.244.12.128/25"], "nodes[2].podRanges"),
    ],
)
def test_a_range_outside_the_pods_or_of_another_node_is_refused(given_ranges: list[str], at: str) -> None:
    assert at in {one.at for one in refusals({"nodes.2.podRanges": given_ranges})}


def test_every_family_of_pods_has_a_range_on_every_node() -> None:
    dual: dict[str, object] = {
        "network.pods": ["10.244.0.0/16", "fd01::/56"],
        "network.services": ["10.96.0.0/16", "fd02::/112"],
    }
    assert ranges(dual)["cp2"] == ["10.244.12.0/24", "fd01:0:0:c::/64"]
