"""An update finds instances that no longer exist first, and no others."""

from dataclasses import dataclass

import pytest
from botocore.exceptions import ClientError

from operations.aws.lost import lost
from operations.aws.session import Account
from operations.environment import Environment, OperationFailed
from tests.unit.operations.aws_state import environment, resources

NODES = {"cp1": "10.20.0.10", "cp2": "10.20.1.10", "cp3": "10.20.2.10"}


@dataclass
class Ec2:
    states: dict[str, str]

    def describe_instances(self, **_: object) -> object:
        if not self.states:
            raise ClientError({"Error": {"Code": "ExpiredToken", "Message": "it has expired"}}, "DescribeInstances")
        listed = [{"InstanceId": id_, "State": {"Name": state}} for id_, state in self.states.items()]
        return {"Reservations": [{"Instances": [one]} for one in listed]}


@pytest.fixture
def dev() -> Environment:
    return environment(resources(NODES, keys={}))


def test_terminated_and_forgotten_instances_are_lost(dev: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    ec2 = Ec2({"i-cp1": "running", "i-cp2": "terminated"})
    monkeypatch.setattr(Account, "client", lambda *_: ec2)
    assert [host.name for host in lost(dev)] == ["cp2", "cp3"]
    ec2.states |= {"i-cp2": "stopped", "i-cp3": "pending"}
    assert lost(dev) == ()


def test_expired_credentials_are_named_before_anything_is_refreshed(
    dev: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Account, "client", lambda *_: Ec2({}))
    with pytest.raises(OperationFailed, match=r"ExpiredToken.*aws sso login"):
        lost(dev)
