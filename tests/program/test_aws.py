"""AWS environments as the engine would be told them."""

import base64
import json
import subprocess
import sys
from ipaddress import ip_address, ip_network
from itertools import pairwise

import pytest

from documents.user_data import LARGEST
from plan.loading.presets import merged
from provider.protocol.values import UNKNOWN
from tests.program.golden import FOLDER, rendered
from workbench.mocks.aws import DEV, ENVIRONMENTS, EXISTING, Cloud, environment
from workbench.mocks.recorder import Recorded, run_program

# The SDK warns of its own old names when pytest looks through its modules.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

INSTANCE = "aws:ec2/instance:Instance"
SECRET = "aws:secretsmanager/secretVersion:SecretVersion"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
HEALTH = "quorate:aws:TargetHealth"
PODS = "10.244.0.0/16"
COMFORTABLE = 12_000  # bytes: what the user data may take of AWS's 16,384


@pytest.mark.acceptance("T09")
@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_every_resource_is_as_the_golden_list_says(name: str) -> None:
    assert rendered(name) == (FOLDER / f"{name}.txt").read_text(), (
        "see the difference, then python -m tests.program.golden"
    )


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_names_addresses_and_members_are_known_before_anything_exists(name: str) -> None:
    run = environment(name, preview=True)
    for kind in ("quorate:index:ControlPlane", "quorate:etcd:EtcdMember", "quorate:aws:ApiLoadBalancer"):
        assert run.of(kind)
        assert UNKNOWN not in str([r.inputs for r in run.of(kind)])
    for request in run.of("tls:index/certRequest:CertRequest"):
        assert UNKNOWN not in str((request.inputs.get("dnsNames"), request.inputs.get("ipAddresses")))
    known = {
        INSTANCE: ("ami", "instanceType", "userDataBase64", "metadataOptions"),
        OBJECT: ("content", "key", "contentBase64"),
        "aws:ec2/networkInterface:NetworkInterface": ("privateIps",),
        "aws:ebs/volume:Volume": ("availabilityZone", "encrypted", "iops"),
        "aws:lb/targetGroupAttachment:TargetGroupAttachment": ("targetId", "port"),
        "aws:route53/record:Record": ("name", "type"),
        RULE: ("cidrIpv4", "fromPort", "toPort", "description"),
    }
    for kind, names in known.items():
        for resource in run.of(kind):
            assert UNKNOWN not in str({key: resource.inputs.get(key) for key in names}), resource.name


def test_the_longest_user_data_leaves_a_quarter_of_what_aws_accepts() -> None:
    name = "n" * 28
    nodes = [
        {"name": f"{letter * 52}", "address": f"10.20.{i}.250", "failureDomain": f"ap-southeast-1{'abc'[i]}"}
        for i, letter in enumerate("xyz")
    ]
    config = merged(
        DEV,
        {
            "cluster": name,
            "nodes": nodes,
            "aws": {"region": "ap-southeast-1", "zones": [f"ap-southeast-1{z}" for z in "abc"]},
        },
    )
    run = run_program(Cloud(region="ap-southeast-1"), config=config)
    for instance in run.of(INSTANCE):
        assert len(user_data(instance)) < COMFORTABLE < LARGEST


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_no_secret_is_in_user_data_or_in_an_object_or_in_any_input_that_may_be_shown(name: str) -> None:
    run = environment(name)
    for resource in run.resources:
        if resource.type.startswith(("aws:", "quorate:")):
            shown = {key: value for key, value in resource.inputs.items() if key not in resource.secrets}
            assert "PRIVATE KEY" not in str(shown), resource.urn
    for instance in run.of(INSTANCE):
        assert b"PRIVATE KEY" not in user_data(instance)
    assert len(run.of(SECRET)) == len(run.of(INSTANCE))
    assert all(version.secrets == ("secretString",) for version in run.of(SECRET))
    assert "PRIVATE KEY" not in str(run.outputs)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_each_instance_waits_for_the_one_before_it_its_volume_and_its_health(name: str) -> None:
    run = environment(name)
    instances = sorted(run.of(INSTANCE), key=lambda i: i.name)
    for previous, instance in pairwise(instances):
        waits = {
            previous.urn,
            run.one("aws:ec2/volumeAttachment:VolumeAttachment", previous.name).urn,
            run.one(HEALTH, previous.name).urn,
        }
        assert waits <= set(instance.dependencies)
        assert instance.delete_before_replace
    for instance in instances:  # EC2 stops and starts an instance for another type: it stays, and must be waited for
        assert run.one(HEALTH, instance.name).inputs["types"] == [instance.inputs["instanceType"]]
    last = run.one(HEALTH, "north")
    assert last.inputs["initially"] is True
    assert {i.urn for i in instances} <= set(last.dependencies)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_who_is_a_member_is_recorded_when_every_node_has_been_told(name: str) -> None:
    run = environment(name)
    (membership,) = run.of("quorate:aws:Membership")
    assert membership.inputs["members"] == sorted(m.name for m in run.of("quorate:etcd:EtcdMember"))
    assert {version.urn for version in run.of(SECRET)} <= set(membership.dependencies)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_nothing_exists_that_a_node_needs_before_the_node_does(name: str) -> None:
    run = environment(name)
    for instance in run.of(INSTANCE):
        waits = {urn.rsplit("::", 1)[0].rsplit("$", 1)[-1] for urn in instance.dependencies}
        assert {
            SECRET,
            OBJECT,
            "aws:iam/rolePolicy:RolePolicy",
            "aws:iam/instanceProfile:InstanceProfile",
            "aws:route53/record:Record",
        } <= waits


@pytest.mark.acceptance("T16")
@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_firewall_lets_in_what_the_matrix_says_and_nobody_from_everywhere(name: str) -> None:
    rules = environment(name).of(RULE)
    assert all(rule.inputs.get("cidrIpv4") != "0.0.0.0/0" for rule in rules)
    etcd = [rule for rule in rules if rule.inputs["fromPort"] in (2379, 2380)]
    assert len(etcd) == 2
    assert all(rule.inputs["referencedSecurityGroupId"] == rule.inputs["securityGroupId"] for rule in etcd)
    assert all(rule.inputs["description"] for rule in rules)
    own = [rule for rule in rules if rule.inputs.get("cidrIpv4") != PODS]
    assert all(rule.inputs["fromPort"] == rule.inputs["toPort"] for rule in own)


def test_a_node_may_read_its_own_things_and_no_other_nodes() -> None:
    run = environment("dev")
    files, backups = "arn-of-Bucket-files", "arn-of-Bucket-etcd-backups"
    for node in ("cp1", "cp2", "cp3"):
        statements = json.loads(str(run.one("aws:iam/rolePolicy:RolePolicy", node).inputs["policy"]))["Statement"]
        assert {(action, where) for s in statements for action in s["Action"] for where in s["Resource"]} == {
            ("secretsmanager:GetSecretValue", f"arn-of-Secret-{node}"),
            ("s3:GetObject", f"{files}/nodes/{node}/*"),
            ("s3:GetObject", f"{files}/agent/*"),
            ("s3:ListBucket", files),
            ("s3:PutObject", f"{files}/nodes/{node}/begun"),
            ("s3:PutObject", f"{files}/nodes/{node}/convergence.json"),
            ("s3:PutObject", f"{backups}/snapshots/{node}/*"),
            ("kms:Decrypt", "arn-of-Key-north"),
            ("kms:GenerateDataKey", "arn-of-Key-north"),
            ("cloudwatch:PutMetricData", "*"),
        }


def test_the_official_configuration_reaches_the_provider_and_its_secrets_stay_secret() -> None:
    config = merged(DEV, {"aws:profile": "production", "aws:secretKey": "hunter2", "aws:region": "us-east-1"})
    run = run_program(Cloud(preview=True), config=config, preview=True, hidden=["aws:secretKey"])
    (provider,) = run.of("pulumi:providers:aws")
    assert provider.inputs["profile"] == "production"
    assert provider.secrets == ("secretKey",)
    assert provider.inputs["region"] == "eu-west-1"
    assert provider.inputs["allowedAccountIds"] == '["123456789012"]'
    assert all(r.inputs["connection"] == {"profile": "production"} for r in run.of(HEALTH))


def test_in_an_existing_vpc_nothing_of_the_network_is_made() -> None:
    made = {r.type for r in environment("existing-vpc").resources}
    assert not made & {
        "aws:ec2/vpc:Vpc",
        "aws:ec2/subnet:Subnet",
        "aws:ec2/route:Route",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "aws:route53/zone:Zone",
        "aws:kms/key:Key",
    }


def test_with_the_built_in_pod_network_every_route_table_leads_to_every_nodes_pods() -> None:
    run = environment("dev")
    routes = {
        (str(route.inputs["routeTableId"]), str(route.inputs["destinationCidrBlock"]), str(interface))
        for route in run.of("aws:ec2/route:Route")
        if (interface := route.inputs.get("networkInterfaceId"))
    }
    ranges = {"cp1": "10.244.10.0/24", "cp2": "10.244.15.0/24", "cp3": "10.244.20.0/24"}
    assert routes == {
        (f"RouteTable-private-eu-west-1{zone}", range_, f"NetworkInterface-{name}")
        for zone in "abc"
        for name, range_ in ranges.items()
    }
    checks = [i.inputs["sourceDestCheck"] for i in run.of("aws:ec2/networkInterface:NetworkInterface")]
    assert checks == [False, False, False]


def test_pods_reach_each_other_through_rules_that_leave_out_etcd() -> None:
    run = environment("dev")
    wide = [rule.inputs for rule in run.of(RULE) if rule.inputs["fromPort"] != rule.inputs["toPort"]]
    assert {rule["cidrIpv4"] for rule in wide} == {PODS}
    tcp = [range(int(str(r["fromPort"])), int(str(r["toPort"])) + 1) for r in wide if r["ipProtocol"] == "tcp"]
    closed = {port for port in range(1, 65536) if not any(port in one for one in tcp)}
    assert closed == {2379, 2380}


@pytest.mark.parametrize(
    ("cloud", "config", "at"),
    [
        (Cloud(architecture="arm64"), DEV, "aws.machines.image.architecture"),
        (Cloud(subnet_vpc="vpc-0other"), EXISTING, "aws.network.subnets[0]"),
        (Cloud(zone="example.com"), EXISTING, "aws.dns.zoneId"),
        (Cloud(region="eu-west-2"), DEV, "aws.zones"),
        (Cloud(offering="ab"), DEV, "aws.machines.instanceType"),
    ],
)
def test_what_only_aws_knows_is_asked_before_anything_is_created(
    cloud: Cloud, config: dict[str, object], at: str
) -> None:
    with pytest.raises(Exception, match=at.replace("[", r"\[").replace(".", r"\.")) as refused:
        run_program(cloud, config=config)
    assert "nothing was created" in str(refused.value)
    assert not [kind for kind in cloud.made if kind.startswith("aws:")]


def test_without_aws_the_sdk_of_aws_is_not_loaded() -> None:
    text = "import sys, components.control_plane; sys.exit('pulumi_aws' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", text], check=False).returncode == 0


def user_data(instance: Recorded) -> bytes:
    return base64.b64decode(str(instance.inputs["userDataBase64"]))


def test_nat_gateways_wait_for_the_internet_gateway() -> None:
    run = run_program(Cloud(), config=merged(DEV, {"aws": {"network": {"egress": "nat"}}}))
    for kind in ("aws:ec2/natGateway:NatGateway", "aws:ec2/eip:Eip"):
        for made in run.of(kind):
            assert any("internetGateway" in urn for urn in made.dependencies), f"{kind} {made.urn}"


def test_addresses_of_nodes_are_reserved_before_aws_gives_addresses_to_others() -> None:
    run = environment("dev")
    reserved = [
        ip_network(str(r.inputs["cidrBlock"])) for r in run.of("aws:ec2/subnetCidrReservation:SubnetCidrReservation")
    ]
    for interface in run.of("aws:ec2/networkInterface:NetworkInterface"):
        assert any(ip_address(private_address(interface)) in network for network in reserved)
    for taker in run.of("aws:lb/loadBalancer:LoadBalancer"):
        assert any("subnetCidrReservation" in urn for urn in taker.dependencies)


def test_roles_are_named_after_the_region_because_names_of_iam_are_those_of_the_whole_account() -> None:
    found = environment("prod").of("aws:iam/role:Role")
    assert len(found) > 1
    assert all("eu-west-1" in str(role.inputs["name"]) for role in found)


def test_a_locked_backup_can_be_replicated() -> None:
    run = environment("prod")
    target = run.one("aws:s3/bucket:Bucket", "etcd-backups-replica")
    assert target.inputs["objectLockEnabled"] is True
    text = str(run.one("aws:iam/rolePolicy:RolePolicy", "replication").inputs["policy"])
    assert "s3:GetObjectRetention" in text
    assert "s3:GetObjectLegalHold" in text


def private_address(interface: Recorded) -> str:
    found = interface.inputs["privateIps"]
    assert isinstance(found, list)
    return str(found[0])


def test_a_public_api_has_a_balancer_of_its_own_and_nodes_keep_the_internal_one() -> None:
    run = environment("public-api")
    balancers = {str(one.inputs["internal"]): one for one in run.of("aws:lb/loadBalancer:LoadBalancer")}
    assert set(balancers) == {"True", "False"}
    assert all("Subnet-public-" in str(subnet) for subnet in listed(balancers["False"].inputs["subnets"]))
    assert not any("Subnet-public-" in str(subnet) for subnet in listed(balancers["True"].inputs["subnets"]))
    assert balancers["False"].inputs["securityGroups"] == ["SecurityGroup-public"]
    (record,) = run.of("aws:route53/record:Record")
    assert "LoadBalancer-north-public" not in str(record.inputs["aliases"]), "the VPC resolves the internal balancer"
    attached = run.of("aws:lb/targetGroupAttachment:TargetGroupAttachment")
    by_group = {str(one.inputs["targetGroupArn"]): 0 for one in attached}
    for one in attached:
        by_group[str(one.inputs["targetGroupArn"])] += 1
    assert sorted(by_group.values()) == [3, 3], "a target group serves one balancer only"


def test_clients_of_a_public_api_are_admitted_to_its_balancer_only() -> None:
    admitted = {
        (str(rule.inputs["securityGroupId"]), str(rule.inputs.get("cidrIpv4")))
        for rule in environment("public-api").of(RULE)
        if rule.inputs.get("fromPort") == 6443 and rule.inputs.get("cidrIpv4")
    }
    public = {(group, cidr) for group, cidr in admitted if group == "SecurityGroup-public"}
    assert public == {("SecurityGroup-public", "203.0.113.0/24"), ("SecurityGroup-public", "198.51.100.7/32")}
    assert ("SecurityGroup-balancers", "10.20.0.0/16") in admitted
    assert not {cidr for group, cidr in admitted - public} & {"203.0.113.0/24", "198.51.100.7/32"}


def listed(value: object) -> list[object]:
    assert isinstance(value, list)
    return value
