import time
import uuid

import pytest
from botocore.exceptions import ClientError

from tests.unit.workbench.cloud.conftest import Aws, Network, code
from workbench.cloud.gaps.target_health import SECONDS


def name() -> str:
    return uuid.uuid4().hex


def test_a_protected_balancer_stays(aws: Aws, network: Network) -> None:
    balancing = aws.client("elbv2")
    made = balancing.create_load_balancer(Name=name(), Type="network", Scheme="internal", Subnets=network.subnets)
    arn = made["LoadBalancers"][0]["LoadBalancerArn"]
    protection = {"Key": "deletion_protection.enabled", "Value": "true"}
    balancing.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[protection])
    with pytest.raises(ClientError) as refused:
        balancing.delete_load_balancer(LoadBalancerArn=arn)
    assert code(refused) == "OperationNotPermitted"
    balancing.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[{**protection, "Value": "false"}])
    balancing.delete_load_balancer(LoadBalancerArn=arn)


def test_a_target_is_healthy_a_moment_after_its_instance_runs_and_while_it_runs(aws: Aws, network: Network) -> None:
    balancing = aws.client("elbv2")
    made = balancing.create_target_group(Name=name(), Protocol="TCP", Port=6443, VpcId=network.vpc, TargetType="ip")
    group = made["TargetGroups"][0]["TargetGroupArn"]
    interface = network.interface(0, "10.20.0.10")
    balancing.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.20.0.10", "Port": 6443}])

    def health() -> str:
        seen = balancing.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        found: str = seen[0]["TargetHealth"]["State"]
        return found

    assert health() == "unhealthy"
    instance = network.instance(interface)
    assert health() == "initial"
    time.sleep(SECONDS)
    assert health() == "healthy"
    network.ec2.terminate_instances(InstanceIds=[instance])
    assert health() == "unhealthy"
