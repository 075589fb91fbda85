"""Refuses to delete subnets that are in use."""

from collections.abc import Callable

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.nat_gateways import NatGateway, NatGatewayBackend
from moto.ec2.models.subnets import Subnet, SubnetBackend

from workbench.cloud.replacing import instead_of


@instead_of(SubnetBackend, "delete_subnet")
def delete(original: Callable[..., Subnet], self: SubnetBackend, subnet_id: str) -> Subnet:
    """Refuse while it has interfaces."""
    if any(eni.subnet.id == subnet_id for eni in self.enis.values()):  # type: ignore[attr-defined]  # one class in moto
        message = f"The subnet '{subnet_id}' has dependencies and cannot be deleted."
        raise EC2ClientError("DependencyViolation", message)
    return original(self, subnet_id)


@instead_of(NatGatewayBackend, "delete_nat_gateway")
def delete_nat_gateway(original: Callable[..., NatGateway], self: NatGatewayBackend, nat_gateway_id: str) -> NatGateway:
    """Delete its interface with it."""
    gone = original(self, nat_gateway_id)
    self.enis.pop(gone._eni.id, None)  # type: ignore[attr-defined]  # noqa: SLF001 -- the same class; nowhere else kept
    return gone
