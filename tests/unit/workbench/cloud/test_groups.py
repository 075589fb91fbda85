import pytest
from botocore.exceptions import ClientError

from tests.unit.workbench.cloud.conftest import Network, code


def allow(network: Network, group: str, **rule: object) -> None:
    network.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])


def test_a_protocol_without_ports_can_be_allowed(network: Network) -> None:
    group = network.group("nodes")
    allow(network, group, IpProtocol="112", UserIdGroupPairs=[{"GroupId": group}])
    rules = network.ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
    (rule,) = [each for each in rules["SecurityGroupRules"] if not each["IsEgress"]]
    assert rule["IpProtocol"] == "112"


def test_the_reason_of_a_rule_between_groups_can_be_read(network: Network) -> None:
    group = network.group("nodes")
    pair = {"GroupId": group, "Description": "etcd peers"}
    allow(network, group, IpProtocol="tcp", FromPort=2380, ToPort=2380, UserIdGroupPairs=[pair])
    rules = network.ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
    assert [each.get("Description") for each in rules["SecurityGroupRules"] if not each["IsEgress"]] == ["etcd peers"]


def test_a_group_that_an_interface_uses_stays(network: Network) -> None:
    group = network.group("nodes")
    interface = network.interface(0, "10.20.0.10", group)
    with pytest.raises(ClientError) as refused:
        network.ec2.delete_security_group(GroupId=group)
    assert code(refused) == "DependencyViolation"
    network.ec2.delete_network_interface(NetworkInterfaceId=interface)
    network.ec2.delete_security_group(GroupId=group)


def test_a_group_that_a_rule_of_another_names_stays_and_one_of_its_own_does_not_hold_it(network: Network) -> None:
    named, other = network.group("named"), network.group("other")
    pair = [{"GroupId": named}]
    for group in (named, other):
        allow(network, group, IpProtocol="tcp", FromPort=1, ToPort=1, UserIdGroupPairs=pair)
    with pytest.raises(ClientError) as refused:
        network.ec2.delete_security_group(GroupId=named)
    assert code(refused) == "DependencyViolation"
    network.ec2.delete_security_group(GroupId=other)
    network.ec2.delete_security_group(GroupId=named)


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_a_rule_that_is_gone_is_not_found_by_its_identity(network: Network, direction: str) -> None:
    group = network.group("nodes")
    with pytest.raises(ClientError) as refused:
        getattr(network.ec2, f"revoke_security_group_{direction}")(GroupId=group, SecurityGroupRuleIds=["sgr-0123"])
    assert code(refused) == "InvalidSecurityGroupRuleId.NotFound"
