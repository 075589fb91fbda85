"""Private zones: a zone that is created for a VPC is private, even if the request does not say so."""

from collections.abc import Callable

from moto.route53.responses import Route53

from workbench.cloud.replacing import instead_of

FLAG = "HostedZoneConfig.PrivateZone"


@instead_of(Route53, "_get_bool_param")
def flag(original: Callable[..., object], self: Route53, name: str, default: object = None) -> object:
    """Make the zone private; the Terraform provider only sends the VPC."""
    if name == FLAG and self._get_param("VPC.VPCId"):
        return True
    return original(self, name, default)
