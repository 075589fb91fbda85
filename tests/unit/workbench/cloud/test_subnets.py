import pytest
from botocore.exceptions import ClientError

from tests.unit.workbench.cloud.conftest import Network, code


def test_a_subnet_stays_while_an_interface_is_in_it(network: Network) -> None:
    interface = network.interface(0, "10.20.0.10")
    with pytest.raises(ClientError) as refused:
        network.ec2.delete_subnet(SubnetId=network.subnets[0])
    assert code(refused) == "DependencyViolation"
    network.ec2.delete_network_interface(NetworkInterfaceId=interface)
    network.ec2.delete_subnet(SubnetId=network.subnets[0])


def test_a_nat_gateway_leaves_nothing_in_its_subnet(network: Network) -> None:
    address = network.ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = network.ec2.create_nat_gateway(SubnetId=network.subnets[0], AllocationId=address)
    network.ec2.delete_nat_gateway(NatGatewayId=made["NatGateway"]["NatGatewayId"])
    network.ec2.delete_subnet(SubnetId=network.subnets[0])


def test_a_reserved_range_keeps_its_description(network: Network) -> None:
    network.ec2.create_subnet_cidr_reservation(
        SubnetId=network.subnets[0], Cidr="10.20.0.10/31", ReservationType="explicit", Description="fixed addresses"
    )
    (found,) = network.ec2.get_subnet_cidr_reservations(SubnetId=network.subnets[0])["SubnetIpv4CidrReservations"]
    assert found["Description"] == "fixed addresses"
