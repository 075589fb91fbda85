import pytest
from botocore.exceptions import ClientError

from tests.unit.workbench.cloud.conftest import Network, code


def test_a_fixed_address_is_held_by_one_interface(network: Network) -> None:
    network.interface(0, "10.20.0.10")
    with pytest.raises(ClientError) as refused:
        network.interface(0, "10.20.0.10")
    assert code(refused) == "InvalidIPAddress.InUse"


@pytest.mark.parametrize("address", ["10.20.0.0", "10.20.0.1", "10.20.0.2", "10.20.0.3", "10.20.0.255"])
def test_the_five_reserved_addresses_are_refused(network: Network, address: str) -> None:
    with pytest.raises(ClientError, match="reserved"):
        network.interface(0, address)


@pytest.mark.parametrize("address", ["10.20.0.4", "10.20.0.254"])
def test_every_other_address_of_the_subnet_can_be_had(network: Network, address: str) -> None:
    assert network.interface(0, address)


def test_an_address_of_another_subnet_is_refused(network: Network) -> None:
    with pytest.raises(ClientError, match="does not fall within"):
        network.interface(0, "10.20.1.10")


def test_an_interface_that_an_instance_uses_cannot_be_deleted(network: Network) -> None:
    interface = network.interface(0, "10.20.0.10")
    network.instance(interface)
    with pytest.raises(ClientError, match="currently in use"):
        network.ec2.delete_network_interface(NetworkInterfaceId=interface)


def test_a_second_address_moves_only_where_that_is_allowed(network: Network) -> None:
    one, other = network.interface(0, "10.20.0.10"), network.interface(0, "10.20.0.11")
    network.ec2.assign_private_ip_addresses(NetworkInterfaceId=one, PrivateIpAddresses=["10.20.0.20"])
    with pytest.raises(ClientError, match="already assigned"):
        network.ec2.assign_private_ip_addresses(NetworkInterfaceId=other, PrivateIpAddresses=["10.20.0.20"])
    network.ec2.assign_private_ip_addresses(
        NetworkInterfaceId=other, PrivateIpAddresses=["10.20.0.20"], AllowReassignment=True
    )
    described = network.ec2.describe_network_interfaces(NetworkInterfaceIds=[one, other])["NetworkInterfaces"]
    held = {each["NetworkInterfaceId"]: addresses(each) for each in described}
    assert held == {one: ["10.20.0.10"], other: ["10.20.0.11", "10.20.0.20"]}


def test_a_primary_address_never_moves(network: Network) -> None:
    one, other = network.interface(0, "10.20.0.10"), network.interface(0, "10.20.0.11")
    with pytest.raises(ClientError):
        network.ec2.assign_private_ip_addresses(
            NetworkInterfaceId=other, PrivateIpAddresses=["10.20.0.10"], AllowReassignment=True
        )
    with pytest.raises(ClientError, match="primary"):
        network.ec2.unassign_private_ip_addresses(NetworkInterfaceId=one, PrivateIpAddresses=["10.20.0.10"])


def addresses(interface: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["PrivateIpAddress"] for each in interface["PrivateIpAddresses"]]
