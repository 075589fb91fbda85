from tests.unit.workbench.cloud.conftest import Aws, Network

SERVICE = "com.amazonaws.eu-west-1.secretsmanager"


def test_an_interface_endpoint_has_an_address_and_a_group_in_each_subnet(network: Network) -> None:
    group = network.group("endpoints")
    made = network.ec2.create_vpc_endpoint(
        VpcId=network.vpc,
        ServiceName=SERVICE,
        VpcEndpointType="Interface",
        SubnetIds=network.subnets,
        SecurityGroupIds=[group],
        PrivateDnsEnabled=True,
    )["VpcEndpoint"]
    found = network.ec2.describe_network_interfaces(NetworkInterfaceIds=made["NetworkInterfaceIds"])
    interfaces = found["NetworkInterfaces"]
    assert {each["SubnetId"] for each in interfaces} == set(network.subnets)
    assert {each["PrivateIpAddress"].rpartition(".")[0] for each in interfaces} == {"10.20.0", "10.20.1", "10.20.2"}
    assert [[each["GroupId"] for each in interface["Groups"]] for interface in interfaces] == [[group]] * 3


def test_a_vpc_has_one_instance_connect_endpoint_which_is_created_after_a_moment(aws: Aws, network: Network) -> None:
    ec2 = aws.client("ec2")
    made = ec2.create_instance_connect_endpoint(
        SubnetId=network.subnets[0],
        TagSpecifications=[
            {"ResourceType": "instance-connect-endpoint", "Tags": [{"Key": "Name", "Value": "dev"}]},
        ],
    )["InstanceConnectEndpoint"]
    assert made["State"] == "create-in-progress"
    assert made["DnsName"].endswith(".ec2-instance-connect-endpoint.eu-west-1.amazonaws.com")
    of_vpc = [{"Name": "vpc-id", "Values": [network.vpc]}]
    (found,) = ec2.describe_instance_connect_endpoints(Filters=of_vpc)["InstanceConnectEndpoints"]
    assert found["Tags"] == [{"Key": "Name", "Value": "dev"}]
    ec2.delete_instance_connect_endpoint(InstanceConnectEndpointId=made["InstanceConnectEndpointId"])
    assert ec2.describe_instance_connect_endpoints(Filters=of_vpc)["InstanceConnectEndpoints"] == []
