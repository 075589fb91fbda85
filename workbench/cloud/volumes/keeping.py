"""Keeps volumes in the recorded state: each instance sees the disks that are attached to it."""

from collections.abc import Mapping
from pathlib import Path

from moto.ec2.models.elastic_block_store import Volume

from workbench.cloud import state
from workbench.cloud.state import Instance
from workbench.cloud.volumes import attachments
from workbench.cloud.volumes.devices import Devices

ROOTS = ("/dev/sda1", "/dev/xvda")  # moto attaches an instance's own first volume there, regardless of its image


class Volumes:
    """`folder` contains the volumes' content."""

    def __init__(self, folder: Path) -> None:
        self._devices = Devices(folder)
        self._shown: dict[str, tuple[object, ...]] = {}
        self.stop()  # leftovers of a killed cloud

    def show(self, instance: Instance, leader: int) -> None:
        """Let the running instance see its volumes and nothing else. Raises `Unable`, CalledProcessError."""
        devices = {
            attachments.name(position): self._devices.open(volume.id, volume.size)
            for position, volume in enumerate(attached(instance.id), start=1)
        }
        wanted = (leader, *attachments.seen(devices))
        if self._shown.get(instance.id) != wanted:
            attachments.show(leader, devices)
            self._shown[instance.id] = wanted

    def sweep(self) -> None:
        """Release the devices of detached volumes, and delete the content of deleted ones."""
        known = volumes()
        for kept in self._devices.kept():
            if kept not in known:
                self._devices.remove(kept)
            elif known[kept].attachment is None:
                self._devices.close(kept)

    def stop(self) -> None:
        """Delete all volumes."""
        for kept in self._devices.kept():
            self._devices.remove(kept)


def attached(instance: str) -> list[Volume]:
    """The volumes of an instance, except its root volume, in the order of their attachment."""
    found = [
        volume
        for volume in volumes().values()
        if volume.attachment is not None
        and volume.attachment.instance.id == instance
        and volume.attachment.device not in {volume.attachment.instance.root_device_name, *ROOTS}
    ]
    return sorted(found, key=lambda volume: volume.attachment.attach_time if volume.attachment else volume.create_time)


def volumes() -> Mapping[str, Volume]:
    """All volumes by identity."""
    return {identity: volume for backend in state.backends() for identity, volume in list(backend.volumes.items())}
