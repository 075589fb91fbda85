"""Block storage of machines: separate volumes, and devices that are part of a machine."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policies.properties import Properties
from policies.resources import Resource
from policies.stack import Stack, view
from policies.views.hosts import CONFIGURATION, INSTANCE, SPOT, TEMPLATE
from policies.violation import Violation

VOLUME = "aws:ebs/volume:Volume"
ATTACHMENT = "aws:ec2/volumeAttachment:VolumeAttachment"
ROOTS = ("/dev/sda1", "/dev/xvda")  # AWS documentation: device names; the others hold data
_INLINE = {INSTANCE: "ebsBlockDevices", SPOT: "ebsBlockDevices", CONFIGURATION: "ebsBlockDevices"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Volume:
    """A data volume. `own`: a separate resource; otherwise it is deleted with its machine by default."""

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
def volumes_by_machine(stack: Stack) -> Mapping[str, tuple[Volume, ...]]:
    """Data volumes of each machine, by its URN; root devices are not data volumes."""
    found: dict[str, list[Volume]] = {}
    for volume in _attached(stack):
        found.setdefault(volume.instance, []).append(volume)
    return {urn: tuple(volumes) for urn, volumes in found.items()}


def _attached(stack: Stack) -> Iterator[Volume]:
    for attachment in stack.of(ATTACHMENT):
        for resource in stack.sources(attachment, "volumeId", VOLUME):
            for instance in stack.sources(attachment, "instanceId", INSTANCE, SPOT):
                yield _volume(resource, resource.properties, instance.urn, own=True)
    for kind, name in _INLINE.items():
        for instance in stack.of(kind):
            known = instance.properties.known(name) or bool(instance.sources(name))
            for device in instance.properties.parts(name) if known else ():
                yield _volume(instance, device, instance.urn, own=False)
    yield from _of_templates(stack)


def _of_templates(stack: Stack) -> Iterator[Volume]:
    for template in stack.of(TEMPLATE):
        if not template.properties.known("blockDeviceMappings"):
            continue
        for mapping in template.properties.parts("blockDeviceMappings"):
            if mapping.known("deviceName") and mapping.text("deviceName") in ROOTS:
                continue
            yield _volume(template, mapping.part("ebs"), template.urn, own=False)


def _volume(resource: Resource, entry: Properties, instance: str, *, own: bool) -> Volume:
    return Volume(
        resource=resource,
        instance=instance,
        own=own,
        kind=next((entry.text(n) for n in ("type", "volumeType") if entry.known(n) and entry.has(n)), ""),
        # Encryption that the account turns on by default is filled in by the provider.
        encrypted=resource.computed("encrypted") or entry.flag("encrypted"),
        survives=own or not entry.flag("deleteOnTermination", missing=True),
    )
