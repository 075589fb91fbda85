import shutil
from pathlib import Path

import pytest

from tests.unit.workbench.cloud.conftest import Aws, Network
from workbench.cloud.client_environment import emulated
from workbench.cloud.cloud import Cloud
from workbench.cloud.journal import calls
from workbench.cloud.session import VARIABLE, begin


def test_later_commands_find_the_cloud_with_what_is_in_it(cloud: Cloud, aws: Aws) -> None:
    vpc = aws.network().vpc
    found = Aws(Cloud(cloud.folder).start()).client("ec2").describe_vpcs(VpcIds=[vpc])
    assert len(found["Vpcs"]) == 1


def test_the_journal_tells_the_order_of_calls_and_what_they_are_about(cloud: Cloud, network: Network) -> None:
    interface = network.interface(0, "10.20.0.10")
    network.instance(interface)
    made = [each for each in calls(cloud.calls) if interface in each.names.values()]
    assert [(each.service, each.action) for each in made] == [("ec2", "RunInstances")]
    actions = [each.action for each in calls(cloud.calls)]
    assert actions[-3:] == ["CreateNetworkInterface", "DescribeImages", "RunInstances"]


def test_the_journal_holds_no_secret(cloud: Cloud, aws: Aws) -> None:
    aws.client("secretsmanager").create_secret(Name="journal", SecretString="the-secret-value")
    aws.client("ssm").put_parameter(Name="/journal", Value="the-secret-value", Type="SecureString")
    text = cloud.calls.read_text(encoding="utf-8")
    assert "CreateSecret" in text
    assert "the-secret-value" not in text


def test_a_cloud_that_does_not_run_has_no_endpoint_and_need_not_be_stopped(tmp_path: Path) -> None:
    assert Cloud(tmp_path).endpoint is None
    assert Cloud(tmp_path).stop() is False


def test_a_session_forgets_the_stacks_of_a_cloud_that_has_ended(tmp_path: Path) -> None:
    cloud, state = Cloud(tmp_path / "aws"), tmp_path / "state"
    try:
        first = begin({"AWS_PROFILE": "production", "PULUMI_BACKEND_URL": "s3://real"}, tmp_path)
        (state / "stack").touch()
        assert begin({}, tmp_path)["AWS_ENDPOINT_URL"] == first["AWS_ENDPOINT_URL"]
        assert (state / "stack").exists()
    finally:
        cloud.stop()
    assert first["PULUMI_BACKEND_URL"] == state.as_uri()
    assert first[VARIABLE] == str(tmp_path)
    assert "AWS_PROFILE" not in first
    shutil.copytree(tmp_path / "aws", tmp_path / "copy")
    assert Cloud(tmp_path / "copy").endpoint is None  # files of a cloud are no cloud


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL_S3", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN"])
def test_nothing_of_a_real_account_reaches_an_emulated_command(cloud: Cloud, name: str) -> None:
    assert name not in emulated({name: "real"}, cloud.start())
