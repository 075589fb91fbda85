"""Clusters that share a stack."""

import pytest

from plan import Plan, Refused, make
from plan.loading.configuration import read
from plan.loading.presets import merged
from plan.validation.neighbours import check
from workbench.mocks.aws import DEV, EXISTING

PARIS: dict[str, object] = {"cluster": "paris", "aws": {"network": {"cidr": "10.21.0.0/16"}}}
LOCAL: dict[str, object] = {"preset": "local"}
BERGEN: dict[str, object] = {"cluster": "bergen", "endpoint": {"name": "api.bergen.example.com"}}
APART: dict[str, object] = {
    "network": {"hosts": "10.89.0.0/24", "gateway": "10.89.0.1"},
    "nodes": [{"name": f"cp{n}", "address": f"10.89.0.1{n}", "failureDomain": f"machine-{n}"} for n in (1, 2, 3)],
    "endpoint": {"name": "api.bergen.example.com", "virtualIp": {"address": "10.89.0.10"}},
}


def plan(*settings: dict[str, object]) -> Plan:
    whole: dict[str, object] = {}
    for one in settings:
        whole = merged(whole, one)
    return make(read(whole))


def refused(new: Plan, old: Plan) -> list[str]:
    with pytest.raises(Refused) as found:
        check(new, [old])
    return [refusal.at.partition(": ")[2] for refusal in found.value.refusals]


def test_clusters_that_are_apart_share_a_stack() -> None:
    check(plan(DEV, PARIS), [plan(DEV)])
    check(plan(LOCAL, BERGEN, APART), [plan(LOCAL)])
    check(plan(LOCAL), [plan(DEV)])


@pytest.mark.parametrize(
    ("settings", "at"),
    [
        ({}, ["cluster", "endpoint.name", "aws.network.cidr"]),
        ({"cluster": "paris"}, ["aws.network.cidr"]),
    ],
)
def test_clusters_on_aws_have_names_and_networks_of_their_own(settings: dict[str, object], at: list[str]) -> None:
    assert refused(plan(DEV, settings), plan(DEV)) == at


def test_two_clusters_in_one_existing_vpc_have_nodes_with_different_addresses() -> None:
    assert refused(plan(EXISTING, {"cluster": "paris"}), plan(EXISTING)) == [
        "the address of cp1",
        "the address of cp2",
        "the address of cp3",
    ]


def test_clusters_of_hosts_have_machines_addresses_and_vrrp_groups_of_their_own() -> None:
    assert refused(plan(LOCAL, BERGEN), plan(LOCAL)) == [
        "the address of cp1",
        "the address of cp2",
        "the address of cp3",
        "the virtual IP",
        "endpoint.virtualIp.routerId",
        "network.pods",
    ]


def test_a_refusal_names_the_cluster_and_what_to_do() -> None:
    with pytest.raises(
        Refused, match=r"paris: aws\.network\.cidr: must be apart .*\n.*\n.*give each cluster its own range"
    ):
        check(plan(DEV, {"cluster": "paris"}), [plan(DEV)])
