"""EC2 Instance Connect Endpoints, which moto does not support: create, describe, delete."""

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.responses import EC2Response

# Minutes on AWS. Long enough to make a program fail that does not wait.
SECONDS = 2.0
DOMAIN = "ec2-instance-connect-endpoint"


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One endpoint. `address` is its interface's address; `made`: creation time in seconds since the epoch."""

    id: str
    account: str
    region: str
    vpc: str
    subnet: str
    zone: str
    interface: str
    address: str
    groups: tuple[str, ...]
    preserves_client_address: bool
    made: float = field(default_factory=time.time)

    @property
    def dns_name(self) -> str:
        """The DNS name for opening a tunnel."""
        return f"{self.id}.{self.interface.removeprefix('eni-')}.{DOMAIN}.{self.region}.amazonaws.com"

    @property
    def state(self) -> str:
        """`create-complete` once it can be used."""
        return "create-complete" if time.time() >= self.made + SECONDS else "create-in-progress"

    def described(self, tags: Sequence[Mapping[str, str]]) -> Mapping[str, object]:
        """The endpoint in the API's form."""
        arn = f"arn:aws:ec2:{self.region}:{self.account}:instance-connect-endpoint/{self.id}"
        return {
            "OwnerId": self.account,
            "InstanceConnectEndpointId": self.id,
            "InstanceConnectEndpointArn": arn,
            "State": self.state,
            "DnsName": self.dns_name,
            "FipsDnsName": self.dns_name.replace("eice-", "fips-eice-", 1),
            "NetworkInterfaceIds": [self.interface],
            "VpcId": self.vpc,
            "AvailabilityZone": self.zone,
            "CreatedAt": datetime.fromtimestamp(self.made, UTC),
            "SubnetId": self.subnet,
            "PreserveClientIp": self.preserves_client_address,
            "SecurityGroupIds": list(self.groups),
            "Tags": [{"Key": tag["key"], "Value": tag["value"]} for tag in tags],
        }


KNOWN: dict[str, Endpoint] = {}


def endpoints() -> Iterator[Endpoint]:
    """All endpoints."""
    yield from list(KNOWN.values())


def create_instance_connect_endpoint(self: EC2Response) -> ActionResult:
    """Create one in a subnet, with its own interface."""
    backend: EC2Backend = self.ec2_backend
    subnet = backend.get_subnet(self._get_param("SubnetId"))
    if any(each.vpc == subnet.vpc_id for each in KNOWN.values()):
        raise EC2ClientError("InstanceConnectEndpointLimitExceeded", "A VPC has one EC2 Instance Connect Endpoint.")
    groups = list(self._get_param("SecurityGroupIds", []) or [])
    interface = backend.create_network_interface(subnet, [], group_ids=groups)
    interface.description = "EC2 Instance Connect Endpoint"
    made = Endpoint(
        id=f"eice-{secrets.token_hex(9)[:17]}",
        account=backend.account_id,
        region=backend.region_name,
        vpc=subnet.vpc_id,
        subnet=subnet.id,
        zone=subnet.availability_zone,
        interface=interface.id,
        address=str(interface.private_ip_address),
        groups=tuple(groups) or tuple(group.id for group in interface.group_set),
        preserves_client_address=str(self._get_param("PreserveClientIp")).lower() == "true",
    )
    KNOWN[made.id] = made
    for specification in self._get_param("TagSpecifications", []) or []:
        backend.create_tags([made.id], {tag["Key"]: tag["Value"] for tag in specification.get("Tags", [])})
    return ActionResult({"InstanceConnectEndpoint": made.described(_tags(backend, made))})


def describe_instance_connect_endpoints(self: EC2Response) -> ActionResult:
    """Describe endpoints by identity, or filtered by VPC, subnet or state."""
    backend: EC2Backend = self.ec2_backend
    wanted = list(self._get_param("InstanceConnectEndpointIds", []) or [])
    for identity in wanted:
        _existing(identity)
    mine = [each for each in endpoints() if each.account == backend.account_id and each.region == backend.region_name]
    filters = {each["Name"]: each["Values"] for each in self._get_param("Filters", []) or []}
    found = [each for each in mine if (not wanted or each.id in wanted) and _passes(each, filters)]
    return ActionResult({"InstanceConnectEndpoints": [each.described(_tags(backend, each)) for each in found]})


def delete_instance_connect_endpoint(self: EC2Response) -> ActionResult:
    """Delete one with its interface."""
    backend: EC2Backend = self.ec2_backend
    gone = _existing(self._get_param("InstanceConnectEndpointId"))
    del KNOWN[gone.id]
    backend.enis.pop(gone.interface, None)
    described = {**gone.described(()), "State": "delete-in-progress"}
    return ActionResult({"InstanceConnectEndpoint": described})


def _existing(identity: str) -> Endpoint:
    if identity not in KNOWN:
        message = f"The instance connect endpoint ID '{identity}' does not exist"
        raise EC2ClientError("InvalidInstanceConnectEndpointId.NotFound", message)
    return KNOWN[identity]


def _passes(endpoint: Endpoint, filters: Mapping[str, Sequence[str]]) -> bool:
    known = {
        "instance-connect-endpoint-id": endpoint.id,
        "state": endpoint.state,
        "subnet-id": endpoint.subnet,
        "vpc-id": endpoint.vpc,
    }
    return all(known.get(name) in values for name, values in filters.items())


def _tags(backend: EC2Backend, endpoint: Endpoint) -> Sequence[Mapping[str, str]]:
    found: Sequence[Mapping[str, str]] = backend.describe_tags(filters={"resource-id": [endpoint.id]})
    return found


EC2Response.create_instance_connect_endpoint = create_instance_connect_endpoint  # type: ignore[attr-defined]  # new in moto
EC2Response.describe_instance_connect_endpoints = describe_instance_connect_endpoints  # type: ignore[attr-defined]  # new as well
EC2Response.delete_instance_connect_endpoint = delete_instance_connect_endpoint  # type: ignore[attr-defined]  # new as well
