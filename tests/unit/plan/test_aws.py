"""Environments on AWS: what follows from region, zones and domain, and what is refused before anything is created."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan import Plan, Refusal, Refused, make
from plan.aws_subnets import private_subnets, public_subnets, reserved
from plan.presets import merged
from plan.quorum import fault_tolerance
from plan.settings.aws import Aws
from plan.settings.aws_network import AwsNetwork
from plan.settings.aws_services import Dns
from plan.settings.reading import read
from plan.sizes import SIZES, etcd_volume, instance_type

ACCOUNT, REGION = "123456789012", "eu-west-1"
SITE: dict[str, object] = {
    "preset": "prod",
    "kind": "aws",
    "cluster": "north",
    "aws": {"account": ACCOUNT, "region": REGION, "dns": {"domain": "example.internal"}},
}
SUBNETS = [{"zone": f"{REGION}{z}", "cidr": f"10.20.{i}.0/28", "id": f"subnet-0{i}"} for i, z in enumerate("abc")]


def plan(changes: Mapping[str, object] | None = None) -> Plan:
    return make(read(merged(SITE, changes or {})))


def at(path: str, value: object) -> dict[str, object]:
    """A change at a path such as `aws.network.cidr`."""
    *sections, key = path.split(".")
    change: dict[str, object] = {key: value}
    for section in reversed(sections):
        change = {section: change}
    return change


def refusals(changes: Mapping[str, object]) -> tuple[Refusal, ...]:
    try:
        plan(changes)
    except Refused as refused:
        return refused.refusals
    return ()


def refusal(changes: Mapping[str, object]) -> Refusal:
    """One mistake makes one problem."""
    found = refusals(changes)
    assert len(found) == 1, [str(one) for one in found]
    return found[0]


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


def test_public_subnets_are_planned_only_where_something_needs_them() -> None:
    private, nat = plan().settings.aws, plan(at("aws.network.egress", "nat")).settings.aws
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


def test_on_aws_neither_ssh_nor_vrrp_is_opened_and_etcd_only_between_nodes() -> None:
    ports = plan().ports
    assert not [p for p in ports if p.number == 22 or p.protocol == "vrrp"]
    assert {(p.source, p.target) for p in ports if p.number in (2379, 2380)} == {("nodes", "nodes")}


def test_production_keeps_what_cannot_be_made_again_and_development_does_not() -> None:
    prod, dev = plan().settings.aws, plan({"preset": "dev"}).settings.aws
    assert prod is not None
    assert dev is not None
    assert (prod.protect, dev.protect) == (True, False)
    assert (len(plan().nodes), len(plan({"preset": "dev"}).nodes)) == (5, 3)


@pytest.mark.parametrize(
    ("path", "value", "said_at"),
    [
        ("aws.account", "12345", "aws.account"),
        ("aws.region", "Frankfurt", "aws.region"),
        ("aws.zones", ["eu-west-1a", "eu-west-1b"], "aws.zones"),
        ("aws.zones", ["eu-west-1a", "eu-west-1b", "us-east-1a"], "aws.zones[2]"),
        ("cluster", "n" * 29, "cluster"),
        ("aws.network.cidr", "10.20.0.0/28", "aws.network.cidr"),
        ("aws.network.cidr", "10.96.0.0/16", "network.services[0]"),
        ("network.hosts", "10.21.0.0/16", "network.hosts"),
        ("aws.network.openings", [{"port": 0, "why": "x"}], "aws.network.openings[0].port"),
        ("aws.machines.instanceType", "huge", "aws.machines.instanceType"),
        ("aws.machines.instanceType", "m7g.large", "aws.machines.instanceType"),
        ("aws.machines.instanceType", "t3.small", "aws.machines.instanceType"),
        ("aws.machines.image.architecture", "arm64", None),
        ("aws.machines.image.id", "debian", "aws.machines.image.id"),
        ("aws.machines.rootGibibytes", 5, "aws.machines.rootGibibytes"),
        ("aws.machines.etcdVolume", {"iops": 20_000}, "aws.machines.etcdVolume.iops"),
        ("aws.machines.etcdVolume", {"throughput": 2_000}, "aws.machines.etcdVolume.throughput"),
        ("aws.machines.etcdVolume", {"gibibytes": 5, "iops": 3_000}, "aws.machines.etcdVolume.gibibytes"),
        (
            "aws.machines.etcdVolume",
            {"type": "io2", "iops": 50, "throughput": None},
            "aws.machines.etcdVolume.iops",
        ),
        (
            "aws.machines.etcdVolume",
            {"type": "io2", "iops": 300_000, "gibibytes": 1_000, "throughput": None},
            "aws.machines.etcdVolume.iops",
        ),
        ("aws.loadBalancer.public", True, "aws.loadBalancer.clients"),
        ("aws.loadBalancer.deregistrationSeconds", 4_000, "aws.loadBalancer.deregistrationSeconds"),
        ("aws.dns.domain", "Not_A_Domain", "aws.dns.domain"),
        ("endpoint.name", "api.example.com", "endpoint.name"),
        ("aws.backups.bucket", "My.Backups", "aws.backups.bucket"),
        ("aws.backups.everyHours", 5, "aws.backups.everyHours"),
        ("aws.backups.objectLockDays", 60, "aws.backups.keepDays"),
        ("aws.backups.replicaRegion", REGION, "aws.backups.replicaRegion"),
        ("aws.kmsKeyArn", f"arn:aws:kms:us-east-1:{ACCOUNT}:key/abc", "aws.kmsKeyArn"),
        ("aws.watch.topicArn", f"arn:aws:sns:us-east-1:{ACCOUNT}:t", "aws.watch.topicArn"),
        ("aws.watch.certificateDays", 30, "aws.watch.certificateDays"),
        ("certificates.algorithm", "RSA-3072", "certificates.algorithm"),
        ("etcd.quotaBytes", 6 * 1024**3, "etcd.quotaBytes"),
        ("endpoint.virtualIp", {"address": "10.20.0.99"}, "endpoint.virtualIp"),
        ("localMachines", {}, "localMachines"),
        ("members", 4, "nodes"),
    ],
)
def test_bad_input_is_refused_with_one_problem_at_its_place(path: str, value: object, said_at: str | None) -> None:
    change = at(path, value)
    if said_at is None:
        assert not refusals(change)
        return
    said = refusal(change)
    assert said.at == said_at
    assert all((said.bound, str(said.got), said.why, said.fix))


@pytest.mark.parametrize(
    ("subnets", "said_at"),
    [
        ([{**SUBNETS[0], "cidr": "10.20.0.0/29"}, *SUBNETS[1:]], "aws.network.subnets[0].cidr"),
        ([{**SUBNETS[0], "cidr": "10.99.0.0/28"}, *SUBNETS[1:]], "aws.network.subnets[0].cidr"),
        ([{**SUBNETS[0], "cidr": "10.20.1.0/24"}, *SUBNETS[1:]], "aws.network.subnets[1]"),
        ([{**SUBNETS[0], "id": None}, *SUBNETS[1:]], "aws.network.subnets[0].id"),
        (SUBNETS[:2], "aws.network.subnets"),
        ([], "aws.network.subnets"),
    ],
)
def test_subnets_of_an_existing_vpc_are_checked(subnets: list[object], said_at: str) -> None:
    found = refusals({"members": 3, **at("aws.network", {"vpcId": "vpc-0a", "subnets": subnets})})
    assert said_at in {refusal.at for refusal in found}, [str(r) for r in found]


@pytest.mark.parametrize("last", [0, 1, 3, 15])
def test_an_address_that_aws_keeps_is_refused(last: int) -> None:
    nodes = [
        {"name": f"cp{i}", "address": f"10.20.{i}.{last if i == 0 else 10}", "failureDomain": f"{REGION}{z}"}
        for i, z in enumerate("abc")
    ]
    network = {"vpcId": "vpc-0a", "subnets": SUBNETS}
    said = refusal({"members": 3, "nodes": nodes, **at("aws.network", network)})
    assert said.at == "nodes[0].address"
    assert "AWS keeps" in str(said.got)


def test_a_vpcs_id_is_an_id() -> None:
    said = refusal({"members": 3, **at("aws.network", {"vpcId": "my-vpc", "subnets": SUBNETS})})
    assert said.at == "aws.network.vpcId"


def test_a_node_outside_its_zones_subnet_is_refused() -> None:
    nodes = [
        {"name": f"cp{i}", "address": f"10.20.0.{10 + i}", "failureDomain": f"{REGION}{z}"} for i, z in enumerate("abc")
    ]
    assert {r.at for r in refusals({"members": 3, "nodes": nodes})} == {"nodes[1].address", "nodes[2].address"}


def test_an_aws_environment_without_its_section_is_told_what_it_needs() -> None:
    with pytest.raises(Refused) as refused:
        read({"kind": "aws", "cluster": "north"})
    assert [r.at for r in refused.value.refusals] == ["aws"]
    assert "`account`" in refused.value.refusals[0].fix


@pytest.mark.parametrize("key", ["account", "region", "dns"])
def test_what_differs_in_every_aws_environment_has_no_default(key: str) -> None:
    section = {k: v for k, v in dict(SITE["aws"]).items() if k != key}  # type: ignore[call-overload]  # it is a mapping
    with pytest.raises(Refused) as refused:
        read({**SITE, "aws": section})
    assert [(r.at, r.got) for r in refused.value.refusals] == [(f"aws.{key}", "missing")]


def test_ones_own_hosts_have_no_use_for_the_section() -> None:
    hosts = {"preset": "local", "aws": SITE["aws"]}
    with pytest.raises(Refused) as refused:
        read(hosts)
    assert [r.at for r in refused.value.refusals] == ["aws"]
