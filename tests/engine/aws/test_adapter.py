"""The aws plugin, official or ours, on a small program: what a program's author may rely on."""

from pathlib import Path

import pytest

from tests.engine.aws.clients import Aws
from workbench.cloud.cloud import Cloud
from workbench.cloud.project import Project

PROGRAM = """
import pulumi, pulumi_aws as aws

config = pulumi.Config()
tags = {"team": config.get("team") or "platform"}
key = aws.kms.Key("key", description="of a test", deletion_window_in_days=7, tags=tags)
secret = aws.secretsmanager.Secret("secret", kms_key_id=key.arn, recovery_window_in_days=0, tags=tags)
version = aws.secretsmanager.SecretVersion(
    "secret", secret_id=secret.id, secret_string=config.get("secret") or "the-first-secret")
group = aws.ec2.SecurityGroup("group", description=config.get("description") or "nodes", tags=tags)
aws.vpc.SecurityGroupIngressRule(
    "etcd", security_group_id=group.id, referenced_security_group_id=group.id, ip_protocol="tcp", from_port=2379,
    to_port=2380, description="etcd peers", tags=tags)
topic = aws.sns.Topic("alarms", name=config.get("topic") or "alarms", fifo_topic=False, tags=tags)
me = aws.get_caller_identity()
pulumi.export("account", me.account_id)
pulumi.export("group", group.id)
pulumi.export("name", group.name)
pulumi.export("secretString", version.secret_string)
"""
BAD = """
import pulumi, pulumi_aws as aws
case = pulumi.Config().require("case")
if case == "value":
    aws.ec2.Vpc("vpc", cidr_block="10.20.0.0/33")
if case == "name":
    aws.lb.TargetGroup("group", name="a" * 33, port=80, protocol="TCP")
if case == "nested":
    aws.lb.TargetGroup("group", port=80, protocol="TCP", health_check={"protocol": "HTTPS", "pth": "/readyz"})
if case == "api":
    aws.ec2.Subnet("subnet", cidr_block="10.99.0.0/24", vpc_id="vpc-absent")
"""
HALF = """
import json, pulumi, pulumi_aws as aws
trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
aws.iam.Role("there", name="there", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
aws.iam.InstanceProfile("half", name="half", role=pulumi.Config().require("role"))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, cloud: Cloud) -> Project:
    made = Project(tmp_path_factory.mktemp("adapter"), cloud, program=PROGRAM)
    made.up()
    return made


def outputs(project: Project, *words: str) -> str:
    return project.run("stack", "output", "--json", "--stack", project.stack, *words).out


def test_what_was_made_needs_no_change(project: Project) -> None:
    assert project.preview("--expect-no-changes").steps() == {}
    assert project.run("refresh", "--yes", "--skip-preview", "--expect-no-changes").status == 0


def test_invented_names_carry_the_logical_one_and_stay(project: Project) -> None:
    name = outputs(project)
    assert '"name": "group-' in name
    project.up()
    assert outputs(project) == name


def test_a_sensitive_value_is_a_secret_even_if_the_program_does_not_say_so(project: Project) -> None:
    assert "the-first-secret" not in outputs(project)
    assert "the-first-secret" in outputs(project, "--show-secrets")


def test_a_tag_updates_in_place(project: Project) -> None:
    project.settings["tried:team"] = "storage"
    changed = project.preview().steps()
    assert {name for _, name in changed} == {"key", "secret", "group", "etcd", "alarms"}
    assert set(changed.values()) == {"update"}
    project.up()
    assert project.preview().steps() == {}


def test_what_cannot_change_in_place_is_replaced_with_what_depends_on_it(project: Project) -> None:
    project.settings["tried:description"] = "members"
    replaced = project.preview().steps()
    group, rule = "aws:ec2/securityGroup:SecurityGroup", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    assert replaced == {(group, "group"): "replace", (rule, "etcd"): "replace"}
    project.settings.pop("tried:description")


def test_a_fixed_name_is_free_before_the_next_resource_takes_it(project: Project) -> None:
    project.settings["tried:topic"] = "warnings"
    steps = project.run("preview", "--json", "--stack", project.stack)
    assert steps.steps() == {("aws:sns/topic:Topic", "alarms"): "replace"}
    project.settings.pop("tried:topic")


def test_a_refresh_finds_what_was_changed_by_hand_and_an_update_takes_it_back(project: Project) -> None:
    ec2 = Aws(endpoint=project.cloud.start()).client("ec2")
    group = project.run("stack", "output", "group", "--stack", project.stack).out.strip()
    ec2.create_tags(Resources=[group], Tags=[{"Key": "team", "Value": "nobody"}])
    found = project.preview("--refresh").steps()
    assert found[("aws:ec2/securityGroup:SecurityGroup", "group")] == "update"
    project.up("--refresh")
    described = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    assert {"Key": "team", "Value": "storage"} in described["Tags"]


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("value", "invalid CIDR address: 10.20.0.0/33"),
        ("name", '"name" cannot be longer than 32 characters'),
        ("nested", "healthCheck.pth"),
    ],
)
def test_bad_input_is_refused_in_the_preview_in_the_provider_s_own_words(
    tmp_path: Path, cloud: Cloud, case: str, words: str
) -> None:
    project = Project(tmp_path, cloud, program=BAD)
    project.settings["tried:case"] = case
    refused = project.run("preview", "--stack", project.stack)
    assert refused.status != 0
    assert words in refused.text
    assert "Traceback" not in refused.text


def test_a_refusal_of_the_cloud_names_the_resource(tmp_path: Path, cloud: Cloud) -> None:
    project = Project(tmp_path, cloud, program=BAD)
    project.settings["tried:case"] = "api"
    refused = project.run("up", "--yes", "--skip-preview", "--stack", project.stack)
    assert refused.status != 0
    assert "aws:ec2:Subnet (subnet)" in refused.text
    assert "InvalidVpcID.NotFound" in refused.text


def test_a_resource_that_is_made_but_not_as_wanted_is_kept_and_mended_by_the_next_update(
    tmp_path: Path, cloud: Cloud
) -> None:
    project = Project(tmp_path, cloud, program=HALF)
    so_far = project.calls_so_far()
    project.settings["tried:role"] = "absent"
    failed = project.run("up", "--yes", "--skip-preview", "--stack", project.stack)
    assert failed.status != 0
    assert "NoSuchEntity" in failed.text
    project.settings["tried:role"] = "there"
    project.up()
    assert project.preview().steps() == {}
    assert [each.action for each in project.calls_since(so_far)].count("CreateInstanceProfile") == 1


def test_a_resource_that_exists_can_be_imported(tmp_path: Path, project: Project) -> None:
    group = project.run("stack", "output", "group", "--stack", project.stack).out.strip()
    token = "aws:ec2/securityGroup:SecurityGroup"
    made = Project(tmp_path, project.cloud, program="")
    ran = made.run("import", token, "imported", group, "--yes", "--generate-code=false", "--stack", made.stack)
    assert ran.status == 0, ran.text
    assert group in made.run("stack", "export", "--stack", made.stack).out


def test_destroy_leaves_nothing(project: Project) -> None:
    group = project.run("stack", "output", "group", "--stack", project.stack).out.strip()
    assert project.run("destroy", "--yes", "--skip-preview", "--stack", project.stack).status == 0
    aws = Aws(endpoint=project.cloud.start())
    left = aws.client("ec2").describe_security_groups()["SecurityGroups"]
    assert group not in [each["GroupId"] for each in left]
    assert aws.client("secretsmanager").list_secrets()["SecretList"] == []
