"""The addresses of AWS's services: public ones, and those of a VPC's interface endpoints."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from workbench.cloud import state

# Addresses outside every VPC: of all services (RFC 2544 keeps this range off the Internet), and of S3 (in its prefix
# list).
PUBLIC, S3 = "198.18.0.1", "3.5.0.1"


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An interface endpoint.

    `name` is the service's, as clients resolve it; `private`: the addresses that replace the public one.
    """

    vpc: str
    name: str
    addresses: tuple[str, ...]
    private: bool


def endpoints() -> Iterator[Endpoint]:
    """Endpoints of all VPCs."""
    for backend in state.backends():
        for found in list(backend.vpc_end_points.values()):
            interfaces = [backend.enis[each] for each in found.network_interface_ids if each in backend.enis]
            if interfaces:
                region, service = found.service_name.split(".")[2:4]
                yield Endpoint(
                    vpc=found.vpc_id,
                    name=f"{service}.{region}.amazonaws.com",
                    addresses=tuple(str(each.private_ip_address) for each in interfaces),
                    private=str(found.private_dns_enabled).lower() == "true",
                )


def of(vpc: str) -> Callable[[str], tuple[str, ...]]:
    """The addresses of service names in a VPC."""

    def addresses(name: str) -> tuple[str, ...]:
        for endpoint in endpoints():
            if endpoint.vpc == vpc and endpoint.private and endpoint.name == name:
                return endpoint.addresses
        # S3's names are `s3.REGION.amazonaws.com` and `BUCKET.s3.REGION.amazonaws.com`.
        return (S3,) if "s3" in name.split(".") else (PUBLIC,)

    return addresses
