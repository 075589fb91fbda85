"""Instances on an existing network interface: their zone and groups, and the interface after termination."""

from collections.abc import Callable

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_network_interfaces import NetworkInterface, NetworkInterfaceBackend
from moto.ec2.models.instances import Instance, InstanceState

from workbench.cloud.replacing import instead_of

_made: set[str] = set()  # interfaces that exist because an instance was launched without one


@instead_of(Instance, "__init__")
def launch(  # noqa: PLR0917 -- as moto passes them
    original: Callable[..., None],
    self: Instance,
    ec2_backend: NetworkInterfaceBackend,
    image_id: str,
    user_data: str | None,
    security_groups: list[object],
    **given: object,
) -> None:
    """Take zone and groups from the first interface; refuse one that is in use."""
    eni = _first(ec2_backend, given.get("nics"))
    if eni is not None:
        if eni.instance is not None and eni.status == "in-use":
            raise EC2ClientError("InvalidNetworkInterface.InUse", f"Interface: [{eni.id}] in use.")
        given["placement"] = eni.subnet.availability_zone
        security_groups = security_groups or list(eni.group_set)
    original(self, ec2_backend, image_id, user_data, security_groups, **given)
    if eni is None:
        _made.update(own.id for own in self.nics.values())


@instead_of(Instance, "terminate")
def terminate(original: Callable[..., InstanceState], self: Instance) -> InstanceState:
    """Delete interfaces that a launch made, and release those that stay."""
    previous = original(self)
    # They stay in the terminated instance's list: moto describes it from its first interface.
    for eni in self.nics.values():
        if eni.id in _made:
            self.ec2_backend.enis.pop(eni.id, None)
        elif not eni.delete_on_termination:
            eni.instance = None
            eni.attachment_id = None
            eni.attach_time = None
            eni.status = "available"
    return previous


def _first(backend: NetworkInterfaceBackend, nics: object) -> NetworkInterface | None:
    for nic in nics if isinstance(nics, list) else []:
        if nic.get("NetworkInterfaceId") and str(nic.get("DeviceIndex")) == "0":
            return backend.get_network_interface(nic["NetworkInterfaceId"])
    return None
