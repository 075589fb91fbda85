"""Load balancers: refuses to delete protected ones."""

from collections.abc import Callable

from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend

from workbench.cloud.replacing import instead_of


@instead_of(ELBv2Backend, "delete_load_balancer")
def delete(original: Callable[..., None], self: ELBv2Backend, arn: str) -> None:
    """Refuse while deletion protection is on."""
    balancer = self.load_balancers.get(arn)
    if balancer is not None and balancer.attrs.get("deletion_protection.enabled") == "true":
        message = f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
        raise ELBClientError("OperationNotPermitted", message)
    original(self, arn)
