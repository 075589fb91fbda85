"""Private zones: a zone that is made for a VPC is private, whether the request says so or not."""

from collections.abc import Callable

from moto.route53.responses import Route53

from workbench.cloud.replacing import instead_of

FLAG = "HostedZoneConfig.PrivateZone"


@instead_of(Route53, "_get_bool_param")
def flag(original: Callable[..., object], self: Route53, name: str, default: object = None) -> object:
    """The Terraform provider sends the VPC alone."""
    if name == FLAG and self._get_param("VPC.VPCId"):
        return True
    return original(self, name, default)
