"""The committed `dev` environment with the real CLI in an emulated cloud: one life, from the first update to the last.

The tests follow each other on one stack, as the days of an environment do.
"""

import json
import time

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from operations.review.markdown import markdown
from operations.review.preview import read
from operations.review.report import report
from tests.engine.aws.clients import Aws
from tests.engine.aws.inventory import inventory
from tests.engine.aws.replacement import ASKED, STEPS, Nodes, order
from tests.unit.review.golden import FOLDER
from tests.unit.review.recording.cloud import larger
from workbench.cloud.cloud import Cloud
from workbench.cloud.project import Project

NODES = ("cp1", "cp2", "cp3")
ADDRESSES = {"cp1": "10.20.0.10", "cp2": "10.20.1.10", "cp3": "10.20.2.10"}
INSTANCE = "aws:ec2/instance:Instance"
OLDER_IMAGE = "ami-0a12deb1a00000001"


@pytest.fixture(scope="module")
def aws(cloud: Cloud) -> Aws:
    return Aws(endpoint=cloud.start())


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory, cloud: Cloud) -> Project:
    made = Project(tmp_path_factory.mktemp("dev"), cloud)
    first = made.preview()
    # Whatever reviewers and policies judge is known before the first call that makes anything.
    assert INSTANCE in {kind for kind, _ in first.steps()}
    begun = time.monotonic()
    made.up()
    print(f"up of dev: {time.monotonic() - begun:.0f} s, {len(first.steps())} resources")
    return made


def instances(aws: Aws) -> dict[str, dict[str, object]]:
    found = {}
    for reservation in aws.client("ec2").describe_instances()["Reservations"]:
        for instance in reservation["Instances"]:
            if instance["State"]["Name"] == "running":
                tags = {tag["Key"]: tag["Value"] for tag in instance["Tags"]}
                found[tags["quorate:node"]] = instance
    return found


def volumes(aws: Aws) -> dict[str, str]:
    described = aws.client("ec2").describe_volumes(Filters=[{"Name": "tag-key", "Values": ["quorate:node"]}])["Volumes"]
    return {
        next(tag["Value"] for tag in volume["Tags"] if tag["Key"] == "quorate:node"): volume["VolumeId"]
        for volume in described
    }


def test_a_second_preview_changes_nothing(dev: Project) -> None:
    assert dev.preview("--expect-no-changes").steps() == {}


def test_the_name_leads_to_the_balancer_and_it_to_healthy_targets_in_three_zones(dev: Project, aws: Aws) -> None:  # noqa: ARG001
    dns, balancing, ec2 = aws.client("route53"), aws.client("elbv2"), aws.client("ec2")
    zones = [zone for zone in dns.list_hosted_zones()["HostedZones"] if zone["Name"] == "dev.example.internal."]
    (zone,) = zones
    assert zone["Config"]["PrivateZone"] is True
    records = dns.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    (record,) = [each for each in records if each["Name"] == "api.dev.example.internal."]
    (balancer,) = balancing.describe_load_balancers()["LoadBalancers"]
    assert record["AliasTarget"]["DNSName"].rstrip(".") == balancer["DNSName"]
    assert (balancer["Scheme"], balancer["Type"]) == ("internal", "network")
    (listener,) = balancing.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    assert (listener["Protocol"], listener["Port"]) == ("TCP", 6443)
    group = listener["DefaultActions"][0]["TargetGroupArn"]
    health = balancing.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert {(each["Target"]["Id"], each["Target"]["Port"], each["TargetHealth"]["State"]) for each in health} == {
        (address, 6443, "healthy") for address in ADDRESSES.values()
    }
    found = ec2.describe_network_interfaces(
        Filters=[{"Name": "addresses.private-ip-address", "Values": list(ADDRESSES.values())}]
    )["NetworkInterfaces"]
    assert len({each["AvailabilityZone"] for each in found}) == len(NODES)


def test_etcd_answers_the_nodes_only_and_nothing_is_open_to_the_world(dev: Project, aws: Aws) -> None:  # noqa: ARG001
    ec2 = aws.client("ec2")
    groups = {each["GroupName"]: each["GroupId"] for each in ec2.describe_security_groups()["SecurityGroups"]}
    rules = ec2.describe_security_group_rules()["SecurityGroupRules"]
    ours = [rule for rule in rules if rule["GroupId"] in {groups[f"dev-{name}"] for name in ("nodes", "balancers")}]
    inward = [rule for rule in ours if not rule["IsEgress"]]
    assert inward
    assert all(rule.get("Description") for rule in ours)
    assert "0.0.0.0/0" not in [rule.get("CidrIpv4") for rule in inward]
    etcd = [rule for rule in inward if rule["FromPort"] <= 2380 and rule["ToPort"] >= 2379]
    assert {(rule["FromPort"], rule["ToPort"]) for rule in etcd} == {(2379, 2379), (2380, 2380)}
    sources = {rule["ReferencedGroupInfo"]["GroupId"] for rule in etcd}
    assert sources == {groups["dev-nodes"]}
    api = [rule for rule in inward if rule["FromPort"] == 6443 and rule["GroupId"] == groups["dev-nodes"]]
    assert groups["dev-balancers"] in [rule.get("ReferencedGroupInfo", {}).get("GroupId") for rule in api]


def as_node(aws: Aws, name: str) -> BaseClient:
    role = f"-{name}"  # cluster, region, node
    arns = [each["Arn"] for each in aws.client("iam").list_roles()["Roles"] if each["RoleName"].endswith(role)]
    given = aws.client("sts").assume_role(RoleArn=arns[0], RoleSessionName=name)["Credentials"]
    credentials = Aws(
        endpoint=aws.endpoint,
        key=given["AccessKeyId"],
        secret=given["SecretAccessKey"],
        token=given["SessionToken"],
    )
    return credentials.client("secretsmanager")


def test_a_node_reads_its_own_secret_and_no_other(dev: Project, aws: Aws) -> None:
    secrets = {each["Name"]: each["ARN"] for each in aws.client("secretsmanager").list_secrets()["SecretList"]}
    texts = {
        arn: aws.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"] for arn in secrets.values()
    }
    readers = {name: as_node(aws, name) for name in NODES}
    assert set(secrets) == {f"quorate/dev/{name}" for name in NODES}
    dev.cloud.enforce_policies()
    try:
        for name, reader in readers.items():
            for secret, arn in secrets.items():
                if secret.endswith(f"/{name}"):
                    assert reader.get_secret_value(SecretId=arn)["SecretString"] == texts[arn]
                else:
                    with pytest.raises(ClientError, match="not authorized"):
                        reader.get_secret_value(SecretId=arn)
    finally:
        dev.cloud.relax_policies()


def test_a_refresh_finds_what_was_changed_by_hand_and_an_update_heals_it(dev: Project, aws: Aws) -> None:
    ec2 = aws.client("ec2")
    groups = {each["GroupName"]: each["GroupId"] for each in ec2.describe_security_groups()["SecurityGroups"]}
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [groups["dev-nodes"]]}])
    peers = [each for each in rules["SecurityGroupRules"] if not each["IsEgress"] and each["FromPort"] == 2380]
    ec2.revoke_security_group_ingress(
        GroupId=groups["dev-nodes"], SecurityGroupRuleIds=[each["SecurityGroupRuleId"] for each in peers]
    )
    found = dev.preview("--refresh").steps()
    assert set(found.values()) == {"create"}
    assert [name for _, name in found] == ["nodes-tcp-2380-from-nodes"]
    dev.up("--refresh")
    assert dev.preview("--refresh").steps() == {}


def test_a_new_certificate_lifetime_touches_certificates_and_secrets_and_no_instance(dev: Project) -> None:
    dev.settings["quorate:certificates"] = {"leafHours": 4380}
    changed = dev.preview().steps()
    dev.settings.pop("quorate:certificates")
    assert {kind for kind, _ in changed} <= {
        "tls:index/locallySignedCert:LocallySignedCert",
        "aws:secretsmanager/secretVersion:SecretVersion",
        "quorate:aws:Convergence",
    }
    assert {name for kind, name in changed if "secretVersion" in kind} == set(NODES)


def test_one_node_that_is_replaced_leaves_the_others_as_they_are(dev: Project) -> None:
    state = json.loads(dev.run("stack", "export", "--stack", dev.stack).out)
    urns = [each["urn"] for each in state["deployment"]["resources"]]
    (one,) = [urn for urn in urns if urn.endswith(f"{INSTANCE}::cp2")]
    changed = dev.preview("--replace", one).steps()
    assert changed[INSTANCE, "cp2"] == "replace"
    assert {name for _, name in changed} <= {"cp2", "dev"}
    assert {kind for kind, name in changed if name == "dev"} <= {"quorate:aws:TargetHealth", "quorate:aws:Convergence"}


def test_another_size_is_reviewed_as_in_the_recorded_change(dev: Project) -> None:
    changes = read(json.dumps(larger(dev)), source="the preview of another size")
    assert markdown(report(changes, allowed={})) == (FOLDER / "instance-size.md").read_text()


def test_a_changed_image_replaces_nodes_strictly_one_at_a_time_and_keeps_address_and_volume(
    dev: Project, aws: Aws
) -> None:
    before, disks, nodes, so_far = instances(aws), volumes(aws), Nodes(aws), dev.calls_so_far()
    dev.settings["quorate:aws"]["machines"] = {"image": {"id": OLDER_IMAGE}}
    begun = time.monotonic()
    dev.up()
    print(f"replacement of three nodes: {time.monotonic() - begun:.0f} s")
    nodes.look()
    after = instances(aws)
    for name in NODES:
        assert after[name]["InstanceId"] != before[name]["InstanceId"]
        assert after[name]["ImageId"] == OLDER_IMAGE
        assert after[name]["PrivateIpAddress"] == before[name]["PrivateIpAddress"] == ADDRESSES[name]
    assert volumes(aws) == disks
    steps = [*((name, step) for name in NODES for step in (*STEPS, ASKED))]
    assert order(dev.calls_since(so_far), nodes) == [
        ("", step) if step == ASKED else (name, step) for name, step in steps
    ]


def test_two_more_nodes_only_add(dev: Project, aws: Aws) -> None:
    before = instances(aws)
    dev.settings["quorate:members"] = "5"
    planned = dev.preview().steps()
    assert "delete" not in planned.values()
    assert {name for (kind, name), operation in planned.items() if kind == INSTANCE} == {"cp4", "cp5"}
    dev.up()
    after = instances(aws)
    assert set(after) == {*NODES, "cp4", "cp5"}
    assert {name: after[name]["InstanceId"] for name in NODES} == {n: before[n]["InstanceId"] for n in NODES}


def test_more_members_than_can_be_lost_at_once_are_not_taken_away(dev: Project, aws: Aws) -> None:
    before, so_far = inventory(aws), dev.calls_so_far()
    dev.settings |= {"quorate:members": "1", "quorate:singleMember": "true"}
    refused = [dev.run(*words, "--stack", dev.stack) for words in (["preview"], ["up", "--yes", "--skip-preview"])]
    dev.settings["quorate:members"] = "5"
    dev.settings.pop("quorate:singleMember")
    for ran in refused:
        assert ran.status != 0
        assert "at most 2 of the 5 voters" in ran.text
        assert "this one would remove cp2, cp3, cp4, cp5" in ran.text
        assert "Go to 3 members first" in ran.text
    assert inventory(aws) == before
    assert not [call for call in dev.calls_since(so_far) if call.action.startswith(("Terminate", "Stop", "Detach"))]


def test_two_fewer_nodes_remove_the_last_two_and_touch_no_other_instance(dev: Project, aws: Aws) -> None:
    before = instances(aws)
    dev.settings["quorate:members"] = "3"
    planned = dev.preview().steps()
    machines = {name: operation for (kind, name), operation in planned.items() if kind == INSTANCE}
    assert machines == {"cp4": "delete", "cp5": "delete"}
    gone = {name for (_, name), operation in planned.items() if operation == "delete"}
    assert not [name for name in gone if name.startswith(NODES)]
    dev.up()
    after = instances(aws)
    assert {name: after[name]["InstanceId"] for name in after} == {n: before[n]["InstanceId"] for n in NODES}
    assert set(volumes(aws)) == set(NODES)


def test_what_is_protected_stops_a_destroy_before_anything_goes_and_says_how_to_release_it(
    dev: Project, aws: Aws
) -> None:
    dev.settings["quorate:aws"]["protect"] = True
    dev.up()
    before = inventory(aws)
    refused = dev.run("destroy", "--yes", "--stack", dev.stack)
    assert refused.status != 0
    assert "protected" in refused.text
    assert "pulumi state unprotect" in refused.text
    assert inventory(aws) == before


def test_a_destroy_around_what_is_protected_leaves_nothing_else(dev: Project, aws: Aws) -> None:
    spared = dev.run("destroy", "--yes", "--skip-preview", "--exclude-protected", "--stack", dev.stack)
    assert spared.status == 0, spared.text
    left = inventory(aws)
    assert left.pop("key")
    assert left == {"volume": set(NODES), "bucket": {"dev-123456789012-eu-west-1-etcd"}}


def test_what_was_released_goes_and_nothing_is_left(dev: Project, aws: Aws) -> None:
    assert dev.run("state", "unprotect", "--all", "--yes", "--stack", dev.stack).status == 0
    ran = dev.run("destroy", "--yes", "--skip-preview", "--stack", dev.stack)
    assert ran.status == 0, ran.text
    assert inventory(aws) == {}
