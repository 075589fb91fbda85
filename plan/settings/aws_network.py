"""The network of an AWS environment: created here, or an existing VPC."""

from ipaddress import IPv4Network
from typing import Literal

from plan.settings.model import Model
from plan.settings.values import Range


class Subnet(Model):
    """One subnet of one zone."""

    zone: str
    """Availability zone, such as eu-west-1a."""

    cidr: Range
    """Its addresses; the first four and the last belong to AWS."""

    id: str | None = None
    """An existing one, `subnet-...`; null: created here."""


class Opening(Model):
    """A port between the nodes beside those of the control plane, for the container network."""

    port: int
    protocol: Literal["tcp", "udp"] = "tcp"

    why: str
    """The description in the security group."""


class AwsNetwork(Model):
    """VPC, subnets and open ports."""

    cidr: Range = IPv4Network("10.20.0.0/16")
    """Addresses of the VPC."""

    secondary_cidrs: tuple[Range, ...] = ()
    """Additional ranges of an existing VPC, such as 100.64.0.0/16; subnets may be in them."""

    vpc_id: str | None = None
    """An existing VPC, `vpc-...`. Its owner then provides routes, gateways and endpoints; none is created."""

    subnets: tuple[Subnet, ...] = ()
    """Subnets of the nodes, one for each zone; empty: a part of `cidr` for each zone."""

    public_subnets: tuple[Subnet, ...] = ()
    """Subnets of NAT gateways and a public load balancer; empty: parts of `cidr`, created only if needed."""

    egress: Literal["nat", "nat-per-zone", "endpoints"] = "nat-per-zone"
    """How nodes reach AWS and the internet: one NAT gateway, one in each zone, or only endpoints inside the VPC. With
    endpoints, programs must come from a store in S3 (`artifacts.source: store`). S3 always has an endpoint."""

    flow_log_days: int = 30
    """Days for which the VPC's flow logs are kept, as CloudWatch offers them; 0: no flow logs."""

    workers: tuple[Range, ...] = ()
    """Ranges of worker nodes and their pods, which reach every API server and every kubelet directly."""

    openings: tuple[Opening, ...] = ()
    """Additional ports between the nodes for the container network, such as 8472/udp."""

    @property
    def ranges(self) -> tuple[Range, ...]:
        """All ranges of the VPC."""
        return (self.cidr, *self.secondary_cidrs)
