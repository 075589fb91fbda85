"""The VPC: one private subnet in each zone, and public ones if needed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network

import pulumi
from pulumi_aws import ec2

from components.aws.tags import tags
from plan import Plan
from plan.aws import names as aws_names
from plan.aws.subnets import node_ranges, private_subnets, public_subnets
from plan.settings import Subnet


@dataclass(frozen=True, kw_only=True)
class Subnets:
    """Ids by zone, in the zones' order. `ready`: resources that must exist before a machine there can reach AWS."""

    vpc_id: pulumi.Input[str]
    private: Mapping[str, pulumi.Input[str]]
    public: Mapping[str, pulumi.Input[str]]
    ready: Sequence[pulumi.Resource] = field(default=())


def existing(plan: Plan) -> Subnets:
    """The subnets of an existing VPC; `components.aws.lookups` has checked them."""
    network = aws_names.section(plan.settings).network
    return Subnets(
        vpc_id=network.vpc_id or "",
        private={subnet.zone: subnet.id or "" for subnet in network.subnets},
        public={subnet.zone: subnet.id or "" for subnet in network.public_subnets},
    )


class Network(pulumi.ComponentResource):
    """`vpc`, and by zone `private`, `public` (subnets) and `private_tables` (their route tables, `joined` to them).

    `reserved` keeps the nodes' addresses free, and `gateway` is the way to the Internet, if there is one.
    """

    def __init__(self, name: str, *, plan: Plan, opts: pulumi.ResourceOptions | None = None) -> None:
        aws = aws_names.section(plan.settings)
        inside, outside = private_subnets(aws), public_subnets(aws)
        facts = {
            "cidr": str(aws.network.cidr),
            "subnets": {subnet.zone: str(subnet.cidr) for subnet in inside},
            "publicSubnets": {subnet.zone: str(subnet.cidr) for subnet in outside},
            "egress": aws.network.egress,
        }
        super().__init__("quorate:aws:Network", name, facts, opts)
        self._plan = plan
        self._below = pulumi.ResourceOptions(parent=self)
        self.joined: list[pulumi.Resource] = []
        self.reserved: list[pulumi.Resource] = []
        self.vpc = ec2.Vpc(
            name,
            cidr_block=str(aws.network.cidr),
            # Private zones and endpoint names resolve only in a VPC with both.
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=tags(plan, "vpc"),
            opts=self._below,
        )
        self.private = {subnet.zone: self._subnet("private", subnet) for subnet in inside}
        self.public = {subnet.zone: self._subnet("public", subnet) for subnet in outside}
        for subnet in inside:
            if isinstance(subnet.cidr, IPv4Network):
                self._reserve(f"private-{subnet.zone}", self.private[subnet.zone], subnet.cidr)
        self.private_tables = {zone: self._table("private", zone, made) for zone, made in self.private.items()}
        self.gateway: list[pulumi.Resource] = [self._gateway()] if self.public else []
        self.register_outputs(facts)

    def _subnet(self, kind: str, subnet: Subnet) -> ec2.Subnet:
        return ec2.Subnet(
            f"{kind}-{subnet.zone}",
            vpc_id=self.vpc.id,
            cidr_block=str(subnet.cidr),
            availability_zone=subnet.zone,
            map_public_ip_on_launch=False,
            tags=tags(self._plan, f"{kind}-{subnet.zone}"),
            opts=self._below,
        )

    def _table(self, kind: str, zone: str, subnet: ec2.Subnet) -> ec2.RouteTable:
        """Create one route table per subnet, so that each zone's egress can fail or change independently."""
        name = f"{kind}-{zone}"
        table = ec2.RouteTable(name, vpc_id=self.vpc.id, tags=tags(self._plan, name), opts=self._below)
        self.joined.append(
            ec2.RouteTableAssociation(name, subnet_id=subnet.id, route_table_id=table.id, opts=self._below)
        )
        return table

    def _reserve(self, name: str, subnet: ec2.Subnet, cidr: IPv4Network) -> None:
        """Reserve the addresses of current and future nodes: AWS gives balancers and endpoints any free address."""
        self.reserved += [
            ec2.SubnetCidrReservation(
                f"{name}-{number}",
                subnet_id=subnet.id,
                cidr_block=str(part),
                reservation_type="explicit",
                description="fixed addresses of nodes",
                opts=self._below,
            )
            for number, part in enumerate(node_ranges(cidr))
        ]

    def _gateway(self) -> ec2.InternetGateway:
        gateway = ec2.InternetGateway(
            "internet", vpc_id=self.vpc.id, tags=tags(self._plan, "internet"), opts=self._below
        )
        for zone, subnet in self.public.items():
            table = self._table("public", zone, subnet)
            ec2.Route(
                f"internet-{zone}",
                route_table_id=table.id,
                destination_cidr_block="0.0.0.0/0",
                gateway_id=gateway.id,
                opts=self._below,
            )
        return gateway


def created(network: Network) -> Subnets:
    """The subnets of a new VPC."""
    return Subnets(
        vpc_id=network.vpc.id,
        private={zone: subnet.id for zone, subnet in network.private.items()},
        public={zone: subnet.id for zone, subnet in network.public.items()},
    )
