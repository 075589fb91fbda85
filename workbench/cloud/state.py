"""moto's records as plain values: the inputs of the cloud's real parts."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.instances import Instance as Recorded


@dataclass(frozen=True, kw_only=True)
class Subnet:
    """`vpc_cidr` is the range of its VPC."""

    id: str
    vpc: str
    zone: str
    cidr: IPv4Network
    vpc_cidr: IPv4Network


@dataclass(frozen=True, kw_only=True)
class Instance:
    """`state` is the API's name of the state, `profile` the instance profile, `key` a line in OpenSSH's format."""

    id: str
    state: str
    account: str
    region: str
    image: str
    type: str
    address: str
    mac: str
    subnet: Subnet
    groups: tuple[str, ...]
    profile: str | None
    user_data: bytes
    hop_limit: int
    tokens_required: bool
    key: str | None


def backends() -> Iterator[EC2Backend]:
    """EC2 of every account and region that was used."""
    for account in list(ec2_backends.values()):
        yield from list(account.values())


def instances() -> dict[str, tuple[Instance, Recorded]]:
    """Every instance with its record, by its identity."""
    found = {}
    for backend in backends():
        for reservation in list(backend.reservations.values()):
            for recorded in reservation.instances:
                found[recorded.id] = (read(recorded, backend), recorded)
    return found


def read(recorded: Recorded, backend: EC2Backend) -> Instance:
    """One instance."""
    eni: NetworkInterface = recorded.nics[0]
    return Instance(
        id=recorded.id,
        state=recorded.state,
        account=backend.account_id,
        region=backend.region_name,
        image=recorded.image_id,
        type=recorded.instance_type,
        address=str(eni.private_ip_address),
        mac=eni.mac_address,
        subnet=subnet(eni.subnet.id, backend),
        groups=tuple(sorted(group.id for group in eni.group_set)),
        profile=_profile(recorded),
        user_data=base64.b64decode(recorded.user_data.as_bytes() if recorded.user_data else b""),
        hop_limit=recorded.metadata_options.http_put_response_hop_limit,
        tokens_required=recorded.metadata_options.http_tokens == "required",
        key=_key(recorded.key_name, backend),
    )


def subnet(identity: str, backend: EC2Backend) -> Subnet:
    """One subnet."""
    found = backend.get_subnet(identity)
    vpc = backend.get_vpc(found.vpc_id)
    return Subnet(
        id=found.id,
        vpc=found.vpc_id,
        zone=found.availability_zone,
        cidr=IPv4Network(found.cidr_block),
        vpc_cidr=IPv4Network(vpc.cidr_block),
    )


def _key(name: str | None, backend: EC2Backend) -> str | None:
    found = backend.key_pairs.get(name or "")
    return found.material_public.decode("utf-8").strip() if found is not None else None


def _profile(recorded: Recorded) -> str | None:
    association = recorded.ec2_backend.iam_instance_profile_associations.get(recorded.id)
    return association.iam_instance_profile.name if association is not None else None
