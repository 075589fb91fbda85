"""Block storage of machines: volumes of their own, and devices that a machine brings along."""

from dataclasses import dataclass

from policies.properties import Properties
from policies.resources import Resource
from policies.stack import Stack, view
from policies.views.hosts import INSTANCE
from policies.violation import Violation

VOLUME = "aws:ebs/volume:Volume"
ATTACHMENT = "aws:ec2/volumeAttachment:VolumeAttachment"


@dataclass(frozen=True, kw_only=True, eq=False)
class Volume:
    """A data volume. `own`: a resource of its own; otherwise it dies with its machine unless told not to."""

    resource: Resource
    instance: str  # URN of the machine, '' while nothing attaches it
    own: bool
    kind: str
    encrypted: bool
    survives: bool

    def violation(self, what: str) -> Violation:
        """A violation of this volume."""
        return self.resource.violation(what)


@view
def volumes(stack: Stack) -> tuple[Volume, ...]:
    """Every data volume; root devices are not data volumes."""
    attached = {
        volume.urn: instance.urn
        for attachment in stack.of(ATTACHMENT)
        for volume in stack.sources(attachment, "volumeId", VOLUME)
        for instance in stack.sources(attachment, "instanceId", INSTANCE)
    }
    own = [_volume(r, r.properties, attached.get(r.urn, ""), own=True) for r in stack.of(VOLUME)]
    inline = [
        _volume(instance, device, instance.urn, own=False)
        for instance in stack.of(INSTANCE)
        if not instance.computed("ebsBlockDevices")
        for device in instance.properties.parts("ebsBlockDevices")
    ]
    return (*own, *inline)


def _volume(resource: Resource, entry: Properties, instance: str, *, own: bool) -> Volume:
    return Volume(
        resource=resource,
        instance=instance,
        own=own,
        kind=entry.text("type") or entry.text("volumeType"),
        encrypted=entry.flag("encrypted"),
        survives=own or not entry.flag("deleteOnTermination", missing=True),
    )
