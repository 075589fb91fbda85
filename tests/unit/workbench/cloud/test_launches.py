import pytest
from botocore.exceptions import ClientError

from tests.unit.workbench.cloud.conftest import Network, code


def test_an_instance_stands_in_the_zone_and_groups_of_its_interface(network: Network) -> None:
    group = network.group("nodes")
    instance = network.instance(network.interface(2, "10.20.2.10", group))
    described = network.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    assert described["Placement"]["AvailabilityZone"] == "eu-west-1c"
    assert [each["GroupId"] for each in described["SecurityGroups"]] == [group]


def test_an_interface_serves_one_instance_at_a_time(network: Network) -> None:
    interface = network.interface(0, "10.20.0.10")
    network.instance(interface)
    with pytest.raises(ClientError) as refused:
        network.instance(interface)
    assert code(refused) == "InvalidNetworkInterface.InUse"


def test_a_new_instance_takes_over_the_interface_of_a_terminated_one_with_its_address(network: Network) -> None:
    interface = network.interface(0, "10.20.0.10")
    first = network.instance(interface)
    network.ec2.terminate_instances(InstanceIds=[first])
    second = network.instance(interface)
    described = network.ec2.describe_instances(InstanceIds=[second])["Reservations"][0]["Instances"][0]
    assert described["PrivateIpAddress"] == "10.20.0.10"


def test_an_interface_that_the_launch_made_ends_with_its_instance(network: Network) -> None:
    image = network.ec2.describe_images()["Images"][0]["ImageId"]
    made = network.ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=network.subnets[0])["Instances"][0]
    network.ec2.terminate_instances(InstanceIds=[made["InstanceId"]])
    left = network.ec2.describe_network_interfaces(
        Filters=[{"Name": "subnet-id", "Values": [made["SubnetId"]]}]  # other tests' networks have the same addresses
    )["NetworkInterfaces"]
    assert left == []
