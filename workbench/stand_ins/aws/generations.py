"""Differences between the SDK's generation of the provider and the installed one.

pulumi-aws 7 follows version 6 of the Terraform provider; version 5 has no region for a single resource, names an
instance's first network interface differently, and does not terminate protected instances.
"""

from collections.abc import Mapping

from provider.protocol.values import Properties
from workbench.stand_ins.aws.shape import ResourceType


def understood(kind: ResourceType, inputs: Properties, region: str | None) -> Properties:
    """The inputs in the form of the installed provider."""
    known = kind.shape.fields
    said = dict(inputs)
    if "region" not in known and said.get("region") == region:
        said.pop("region", None)
    if "force_destroy" not in known and kind.name == "aws_instance":
        said.pop("forceDestroy", None)
    primary = said.get("primaryNetworkInterface")
    if isinstance(primary, Mapping) and "primary_network_interface" not in known:
        said.pop("primaryNetworkInterface")
        said["networkInterfaces"] = [{"deviceIndex": 0, "networkInterfaceId": primary.get("networkInterfaceId")}]
    return said


def completed(kind: ResourceType, outputs: Properties, region: str | None) -> Properties:
    """The outputs with the properties that the SDK expects from a newer provider."""
    if "region" in kind.properties and "region" not in kind.shape.fields and region:
        return {**outputs, "region": region}
    return outputs
