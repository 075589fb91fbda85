"""Interface endpoints: their interfaces have free addresses of their subnets, and the endpoint's groups."""

from collections.abc import Callable
from ipaddress import IPv4Network

from moto.ec2.models.vpcs import VPCBackend, VPCEndPoint

from workbench.cloud.replacing import instead_of

AT_THE_END = 2  # the broadcast address, and the first one of a balancer


@instead_of(VPCBackend, "create_vpc_endpoint")
def create(original: Callable[..., VPCEndPoint], self: VPCBackend, *given: object, **named: object) -> VPCEndPoint:
    """Use addresses of the subnet; moto uses any address."""
    made = original(self, *given, **named)
    interfaces = self.enis  # type: ignore[attr-defined]  # one class in moto
    for identity in made.network_interface_ids:
        eni = interfaces[identity]
        taken = {each.private_ip_address for each in interfaces.values() if each is not eni}
        hosts = IPv4Network(eni.subnet.cidr_block)
        free = next(
            str(hosts[-at]) for at in range(AT_THE_END + 1, hosts.num_addresses) if str(hosts[-at]) not in taken
        )
        eni.private_ip_address = free
        eni.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": free}]
        groups = [self.get_security_group_from_id(group) for group in made.security_group_ids]  # type: ignore[attr-defined]
        eni._group_set = [group for group in groups if group is not None] or eni._group_set  # noqa: SLF001
        eni.requester_managed = True
    return made
