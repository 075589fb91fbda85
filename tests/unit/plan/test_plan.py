import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan import make
from plan.loading.configuration import read
from plan.members import initial_cluster
from tests.unit.plan.site import nodes, settings
from tests.unit.plan.test_endpoint import DEDICATED
from tests.unit.plan.test_ranges import SIX

LOCAL = make(read({"preset": "local"}))


def test_equal_settings_make_equal_plans() -> None:
    assert make(read({"preset": "local"})) == LOCAL


def test_the_member_list_is_complete_encrypted_and_in_the_order_of_the_nodes() -> None:
    assert initial_cluster(LOCAL.members) == (
        "cp1=https://10.88.0.11:2380,cp2=https://10.88.0.12:2380,cp3=https://10.88.0.13:2380"
    )


def test_addresses_of_the_other_family_stand_in_brackets() -> None:
    assert make(settings(SIX)).members[0].client_url == "https://[fd00::11]:2379"


@given(st.sampled_from([3, 5, 7]))
def test_every_node_carries_exactly_one_member(count: int) -> None:
    plan = make(settings({"members": count, "nodes": nodes(count)}))
    assert [(m.name, m.address) for m in plan.members] == [(n.name, n.address) for n in plan.nodes]
    assert [n.index for n in plan.nodes] == list(range(count))


def test_a_node_is_found_by_its_name_only() -> None:
    assert LOCAL.node("cp2").index == 1
    with pytest.raises(KeyError):
        LOCAL.node("cp9")


def test_etcd_is_open_to_the_nodes_alone() -> None:
    assert {(p.source, p.target) for p in LOCAL.ports if p.number in (2379, 2380)} == {("nodes", "nodes")}


@pytest.mark.acceptance("T11")
def test_what_has_no_encryption_stays_on_loopback() -> None:
    assert {p.source for p in LOCAL.ports if p.number in (2381, 8404)} == {"self"}


def test_clients_reach_the_endpoint_where_it_listens() -> None:
    opened = {(p.number, p.source, p.target) for p in LOCAL.ports}
    assert (8443, "clients", "nodes") in opened
    apart = {(p.number, p.source, p.target) for p in make(settings({**DEDICATED, "endpoint.port": 6443})).ports}
    assert (6443, "clients", "balancers") in apart
    assert (6443, "balancers", "nodes") in apart


def test_only_hosts_that_may_own_the_address_speak_vrrp() -> None:
    assert {(p.source, p.target) for p in LOCAL.ports if p.protocol == "vrrp"} == {("nodes", "nodes")}
    apart = make(settings(DEDICATED)).ports
    assert {(p.source, p.target) for p in apart if p.protocol == "vrrp"} == {("balancers", "balancers")}


def test_ssh_is_opened_on_every_port_that_a_host_uses() -> None:
    apart = make(settings({**DEDICATED, "nodes.0.sshPort": 2022})).ports
    assert {(p.number, p.target) for p in apart if p.number in (22, 2022, 2222)} == {
        (22, "nodes"),
        (2022, "nodes"),
        (2222, "balancers"),
    }


def test_no_opening_is_listed_twice_and_each_says_why() -> None:
    openings = [(p.number, p.protocol, p.source, p.target) for p in LOCAL.ports]
    assert len(openings) == len(set(openings))
    assert all(p.why for p in LOCAL.ports)
