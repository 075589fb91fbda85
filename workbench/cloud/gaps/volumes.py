"""Volumes: in the zone of their instance, attached to one at a time, and detached without naming the instance."""

from collections.abc import Callable

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_block_store import EBSBackend, VolumeAttachment

from workbench.cloud.replacing import instead_of


@instead_of(EBSBackend, "attach_volume")
def attach(
    original: Callable[..., VolumeAttachment | None],
    self: EBSBackend,
    volume_id: str,
    instance_id: str,
    *given: object,
    **named: object,
) -> VolumeAttachment | None:
    """Refuse another zone and a second attachment (multi-attach is not modelled)."""
    volume, instance = self.get_volume(volume_id), self.get_instance(instance_id)  # type: ignore[attr-defined]  # one class
    zone = volume.zone if isinstance(volume.zone, str) else volume.zone.name
    if zone != instance.availability_zone:
        message = f"The volume '{volume_id}' is not in the same availability zone as instance '{instance_id}'"
        raise EC2ClientError("InvalidVolume.ZoneMismatch", message)
    if volume.attachment is not None:
        raise EC2ClientError("VolumeInUse", f"{volume_id} is already attached to an instance")
    return original(self, volume_id, instance_id, *given, **named)


@instead_of(EBSBackend, "detach_volume")
def detach(
    original: Callable[..., VolumeAttachment],
    self: EBSBackend,
    volume_id: str,
    instance_id: str | None,
    device_path: str,
) -> VolumeAttachment:
    """Detach without the name of the instance."""
    attachment = self.get_volume(volume_id).attachment
    if not instance_id and attachment is not None:
        instance_id = attachment.instance.id
    return original(self, volume_id, instance_id, device_path)
