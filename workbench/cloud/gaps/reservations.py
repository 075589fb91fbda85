"""Keeps the description of reserved ranges of a subnet, which moto drops and the provider compares."""

from collections.abc import Callable

from moto.core.responses import ActionResult
from moto.ec2.models.subnets import SubnetCidrReservation
from moto.ec2.responses.subnets import Subnets

from workbench.cloud.replacing import instead_of


@instead_of(Subnets, "create_subnet_cidr_reservation")
def create_subnet_cidr_reservation(original: Callable[[Subnets], ActionResult], self: Subnets) -> ActionResult:
    """Store the description of the request."""
    made = original(self)
    if isinstance(made.result, dict):
        reservation: SubnetCidrReservation = made.result["SubnetCidrReservation"]
        vars(reservation)["description"] = self._get_param("Description") or ""
    return made
