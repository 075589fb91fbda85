"""Environments on AWS: what follows from region, zones and domain."""

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.aws.subnets import private_subnets, public_subnets, reserved
from plan.quorum import fault_tolerance
from plan.settings.aws import Aws
from plan.settings.aws_network import AwsNetwork
from plan.settings.aws_services import Dns
from plan.sizes import SIZES, etcd_volume, instance_type
from tests.unit.plan.aws_site import ACCOUNT, REGION, at, plan


def test_nodes_endpoint_and_time_follow_from_region_zones_and_domain() -> None:
    found = plan()
    assert [(n.name, str(n.address), n.failure_domain) for n in found.nodes] == [
        ("cp1", "10.20.0.10", "eu-west-1a"),
        ("cp2", "10.20.1.10", "eu-west-1b"),
        ("cp3", "10.20.2.10", "eu-west-1c"),
        ("cp4", "10.20.0.11", "eu-west-1a"),
        ("cp5", "10.20.1.11", "eu-west-1b"),
    ]
    assert found.endpoint.server == "https://api.north.example.internal:6443"
    assert found.endpoint.address is None
    assert found.settings.network.time_servers == ("169.254.169.123",)


@pytest.mark.parametrize("members", [3, 5, 7])
def test_no_zone_holds_a_quorum(members: int) -> None:
    domains = [node.failure_domain for node in plan({"members": members}).nodes]
    assert max(domains.count(domain) for domain in domains) <= fault_tolerance(members)


def test_growing_and_shrinking_leave_the_other_nodes_where_they_are() -> None:
    three, five, seven = (plan({"members": count}).nodes for count in (3, 5, 7))
    assert five[:3] == three
    assert seven[:5] == five


def test_every_certificate_names_the_endpoint_and_never_the_load_balancers_own_name() -> None:
    names = {n for c in plan().certificates for n in c.dns_names}
    assert "api.north.example.internal" in names
    assert not any("amazonaws" in name for name in names)


@given(st.integers(min_value=16, max_value=24), st.integers(min_value=0, max_value=255))
def test_subnets_of_a_divided_vpc_fit_never_overlap_and_have_room_for_the_nodes(prefix: int, part: int) -> None:
    vpc = next(IPv4Network(f"10.{part}.0.0/16").subnets(new_prefix=prefix))
    aws = Aws(account=ACCOUNT, region=REGION, dns=Dns(domain="x.y"), network=AwsNetwork(cidr=vpc, egress="nat"))
    found = [s.cidr for s in (*private_subnets(aws), *public_subnets(aws))]
    assert len(found) == 6
    for index, one in enumerate(found):
        assert isinstance(one, IPv4Network)
        assert one.subnet_of(vpc)
        assert one.prefixlen <= 28
        assert not any(one.overlaps(other) for other in found[index + 1 :])


def test_aws_keeps_the_first_four_addresses_and_the_last() -> None:
    kept = reserved(IPv4Network("10.0.0.0/28"))
    assert [str(a) for a in kept] == ["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.15"]


PRIVATE = {
    "aws": {"network": {"egress": "endpoints"}},
    "artifacts": {"source": "store", "store": "s3://acme-store/1.36.3", "manifest": "manifest.json"},
}


def test_public_subnets_are_planned_only_where_something_needs_them() -> None:
    private, nat = plan(PRIVATE).settings.aws, plan(at("aws.network.egress", "nat")).settings.aws
    assert private is not None
    assert nat is not None
    assert not public_subnets(private)
    assert len(public_subnets(nat)) == 3


def test_the_sizes_are_those_of_etcds_guide_and_each_is_accepted() -> None:
    assert [(s.nodes, s.processors, s.memory, s.volume.iops) for s in SIZES.values()] == [
        (50, 2, 8, 3_600),
        (250, 4, 16, 6_000),
        (1_000, 8, 32, 8_000),
        (3_000, 16, 64, 16_000),
    ]
    for size in SIZES:
        for architecture in ("amd64", "arm64"):
            machines = {"size": size, "image": {"architecture": architecture}}
            aws = plan(at("aws.machines", machines)).settings.aws
            assert aws is not None
            assert instance_type(aws.machines) == SIZES[size].instance_types[aws.machines.image.architecture]
            assert etcd_volume(aws.machines) == SIZES[size].volume


def test_what_is_given_wins_over_what_follows() -> None:
    nodes = [
        {"name": f"m{i}", "address": f"10.20.{i}.77", "failureDomain": f"{REGION}{z}"} for i, z in enumerate("abc")
    ]
    found = plan({"members": 3, "nodes": nodes, "endpoint": {"name": "k8s.north.example.internal"}})
    assert found.nodes[1].address == IPv4Address("10.20.1.77")
    assert found.endpoint.name == "k8s.north.example.internal"


def test_on_aws_ssh_comes_only_through_the_tunnel_and_etcd_is_open_only_between_nodes() -> None:
    ports = plan().ports
    assert not [p for p in ports if p.protocol == "vrrp"]
    assert {(p.source, p.target) for p in ports if p.number == 22} == {("tunnel", "nodes")}
    assert {(p.source, p.target) for p in ports if p.number in (2379, 2380)} == {("nodes", "nodes")}


def test_production_keeps_what_cannot_be_made_again_and_development_does_not() -> None:
    prod, dev = plan().settings.aws, plan({"preset": "dev"}).settings.aws
    assert prod is not None
    assert dev is not None
    assert (prod.protect, dev.protect) == (True, False)
    assert (len(plan().nodes), len(plan({"preset": "dev"}).nodes)) == (5, 3)
