"""The network of an AWS environment: made here, or an existing VPC."""

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
    """An existing one, `subnet-...`; null: made here."""


class Opening(Model):
    """A port between the nodes beside those of the control plane: what the container network needs."""

    port: int
    protocol: Literal["tcp", "udp"] = "tcp"

    why: str
    """Stands in the security group."""


class AwsNetwork(Model):
    """VPC, subnets and who may come in."""

    cidr: Range = IPv4Network("10.20.0.0/16")
    """Addresses of the VPC."""

    vpc_id: str | None = None
    """An existing VPC, `vpc-...`. Its routes, gateways and endpoints are then its owner's, and none is made."""

    subnets: tuple[Subnet, ...] = ()
    """Where the nodes are, one for each zone; empty: a part of `cidr` for each zone."""

    public_subnets: tuple[Subnet, ...] = ()
    """Where NAT gateways and a public load balancer are; empty: parts of `cidr`, made only if something needs them."""

    egress: Literal["nat", "nat-per-zone", "endpoints"] = "endpoints"
    """How nodes reach AWS: through one NAT gateway, one in each zone, or endpoints inside the VPC and no way out.
    S3 always has an endpoint."""

    flow_log_days: int = 30
    """How long the VPC's flow logs are kept; 0: none are written."""

    workers: tuple[Range, ...] = ()
    """Where worker nodes and their pods are: they reach every API server and every kubelet directly."""

    openings: tuple[Opening, ...] = ()
    """For the container network, such as 8472/udp."""
