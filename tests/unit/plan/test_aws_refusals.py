"""Environments on AWS: what is refused before anything is created."""

import pytest

from plan import Refused
from plan.loading.configuration import read
from tests.unit.plan.aws_site import ACCOUNT, REGION, SITE, SUBNETS, at, refusal, refusals


@pytest.mark.parametrize(
    ("path", "value", "said_at"),
    [
        ("aws.account", "12345", "aws.account"),
        ("aws.region", "Frankfurt", "aws.region"),
        ("aws.zones", ["eu-west-1a", "eu-west-1b"], "aws.zones"),
        ("aws.zones", ["eu-west-1a", "eu-west-1b", "us-east-1a"], "aws.zones[2]"),
        ("cluster", "n" * 29, "cluster"),
        ("aws.network.cidr", "10.20.0.0/28", "aws.network.cidr"),
        ("aws.network.cidr", "10.96.0.0/16", "network.hosts"),
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
    assert all((said.what, str(said.found), said.why, said.fix))


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
        {"name": f"cp{i}", "address": f"10.20.{i}.{last if i == 0 else 11}", "failureDomain": f"{REGION}{z}"}
        for i, z in enumerate("abc")
    ]
    network = {"vpcId": "vpc-0a", "subnets": SUBNETS}
    said = refusal({"members": 3, "nodes": nodes, **at("aws.network", network)})
    assert said.at == "nodes[0].address"
    assert "AWS reserves" in str(said.found)


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
    assert [(r.at, r.found) for r in refused.value.refusals] == [(f"aws.{key}", "missing")]


def test_ones_own_hosts_have_no_use_for_the_section() -> None:
    hosts = {"preset": "local", "aws": SITE["aws"]}
    with pytest.raises(Refused) as refused:
        read(hosts)
    assert [r.at for r in refused.value.refusals] == ["aws"]
