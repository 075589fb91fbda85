"""Private addresses of network interfaces: inside the subnet, not AWS's own, held by one interface only."""

# ruff: noqa: FBT003 -- moto's own way to read a request

import ipaddress
from collections.abc import Callable

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_network_interfaces import NetworkInterface, NetworkInterfaceBackend
from moto.ec2.models.subnets import Subnet
from moto.ec2.responses.elastic_network_interfaces import ElasticNetworkInterfaces

from workbench.cloud.replacing import instead_of

# Network, router, DNS and one for future use; the broadcast address is the fifth (VPC User Guide, "Subnet CIDR
# blocks").
RESERVED_AT_THE_START = 4


# Checked at the API only, because moto's own callers (NAT gateways, endpoints) pass addresses from outside the subnet.
@instead_of(ElasticNetworkInterfaces, "create_network_interface")
def create(original: Callable[..., ActionResult], self: ElasticNetworkInterfaces) -> ActionResult:
    """Refuse fixed addresses that are in use or invalid."""
    subnet = self.ec2_backend.get_subnet(self._get_param("SubnetId"))
    single = self._get_param("PrivateIpAddress")
    several = self._get_param("PrivateIpAddresses", [])
    wanted = [single] if single else []
    wanted += [each["PrivateIpAddress"] if isinstance(each, dict) else each for each in several]
    for address in wanted:
        _check(subnet, address)
        if _holder(self.ec2_backend, subnet, address):
            raise EC2ClientError("InvalidIPAddress.InUse", f"Address {address} is in use.")
    return original(self)


@instead_of(ElasticNetworkInterfaces, "assign_private_ip_addresses")
def assign(original: Callable[..., ActionResult], self: ElasticNetworkInterfaces) -> ActionResult:
    """Move an address only if that is allowed, and never a primary one."""
    eni = self.ec2_backend.get_network_interface(self._get_param("NetworkInterfaceId"))
    allowed = str(self._get_param("AllowReassignment", False)).lower() == "true"
    for address in self._get_param("PrivateIpAddresses", []):
        _check(eni.subnet, address)
        holder = _holder(self.ec2_backend, eni.subnet, address)
        if holder is None or holder is eni:
            continue
        if holder.private_ip_address == address or not allowed:
            raise EC2ClientError("InvalidParameterValue", f"[{address}] is already assigned to {holder.id}")
        holder.private_ip_addresses = [
            each for each in holder.private_ip_addresses if each["PrivateIpAddress"] != address
        ]
    return original(self)


@instead_of(NetworkInterfaceBackend, "unassign_private_ip_addresses")
def unassign(
    original: Callable[..., NetworkInterface],
    self: NetworkInterfaceBackend,
    eni_id: str,
    private_ip_address: list[str] | None = None,
) -> NetworkInterface:
    """Refuse to unassign the primary address."""
    if self.get_network_interface(eni_id).private_ip_address in (private_ip_address or []):
        raise EC2ClientError("InvalidParameterValue", "The primary address of an interface cannot be unassigned.")
    return original(self, eni_id, private_ip_address)


@instead_of(NetworkInterfaceBackend, "delete_network_interface")
def delete(original: Callable[..., None], self: NetworkInterfaceBackend, eni_id: str) -> None:
    """Refuse to delete it while an instance uses it."""
    eni = self.enis.get(eni_id)
    if eni is not None and eni.instance is not None and eni.status == "in-use" and eni.instance.state != "terminated":
        raise EC2ClientError("InvalidParameterValue", f"Network interface '{eni_id}' is currently in use.")
    original(self, eni_id)


def _holder(backend: NetworkInterfaceBackend, subnet: Subnet, address: str) -> NetworkInterface | None:
    for eni in backend.enis.values():
        held = [each["PrivateIpAddress"] for each in eni.private_ip_addresses]
        if eni.subnet.id == subnet.id and address in held:
            return eni
    return None


def _check(subnet: Subnet, address: str) -> None:
    network, wanted = ipaddress.ip_network(subnet.cidr_block), ipaddress.ip_address(address)
    if wanted not in network:
        message = f"Address {address} does not fall within the subnet's address range"
        raise EC2ClientError("InvalidParameterValue", message)
    at_the_start = int(wanted) - int(network.network_address) < RESERVED_AT_THE_START
    if at_the_start or wanted == network.broadcast_address:
        raise EC2ClientError("InvalidParameterValue", f"Address {address} is in subnet's reserved address range")
