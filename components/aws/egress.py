"""How nodes reach AWS's services: through NAT gateways, or endpoints inside the VPC."""

from collections.abc import Sequence

import pulumi
from pulumi_aws import ec2

from components.aws.network import Network
from components.aws.tags import tags
from plan import Plan
from plan.aws import names as aws_names

# The services that a node calls, and those of a Systems Manager session.
INTERFACES = (
    "secretsmanager",
    "kms",
    "ssm",
    "ssmmessages",
    "ec2messages",
    "ec2",
    "elasticloadbalancing",
    "monitoring",
)


def service(region: str, name: str) -> str:
    """The name of a service's endpoint."""
    return f"{'cn.' if region.startswith('cn-') else ''}com.amazonaws.{region}.{name}"


class Egress(pulumi.ComponentResource):
    """`ready`: resources that must exist before a node can fetch anything; `s3`: the endpoint of S3."""

    def __init__(
        self,
        name: str,
        *,
        plan: Plan,
        network: Network,
        group: pulumi.Input[str] | None,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        aws = aws_names.section(plan.settings)
        super().__init__("quorate:aws:Egress", name, {"egress": aws.network.egress}, opts)
        self._plan, self._region, self._network = plan, aws.region, network
        self._below = pulumi.ResourceOptions(parent=self)
        # Free of charge, and it carries the large transfers.
        self.s3 = ec2.VpcEndpoint(
            "s3",
            vpc_id=network.vpc.id,
            service_name=service(aws.region, "s3"),
            vpc_endpoint_type="Gateway",
            route_table_ids=[table.id for table in network.private_tables.values()],
            tags=tags(plan, "s3"),
            opts=self._below,
        )
        if aws.network.egress == "endpoints" and group is not None:
            found: list[pulumi.Resource] = [self._interface(of, group, after) for of in INTERFACES]
        else:
            found = self._nat(
                list(network.public) if aws.network.egress == "nat-per-zone" else list(network.public)[:1]
            )
        self.ready: Sequence[pulumi.Resource] = [self.s3, *network.joined, *found]
        self.register_outputs({"egress": aws.network.egress})

    def _interface(self, of: str, group: pulumi.Input[str], after: Sequence[pulumi.Resource]) -> ec2.VpcEndpoint:
        return ec2.VpcEndpoint(
            of,
            vpc_id=self._network.vpc.id,
            service_name=service(self._region, of),
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=[subnet.id for subnet in self._network.private.values()],
            security_group_ids=[group],
            tags=tags(self._plan, of),
            # AWS assigns any free address of the subnet, so the nodes take theirs first.
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )

    def _nat(self, zones: Sequence[str]) -> list[pulumi.Resource]:
        gateways = {zone: self._gateway(zone) for zone in zones}
        first = gateways[zones[0]]
        return [
            ec2.Route(
                f"nat-{zone}",
                route_table_id=table.id,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=gateways.get(zone, first).id,
                opts=self._below,
            )
            for zone, table in self._network.private_tables.items()
        ]

    def _gateway(self, zone: str) -> ec2.NatGateway:
        name = f"nat-{zone}"
        # AWS refuses both while the VPC has no internet gateway, and no other reference orders them.
        online = pulumi.ResourceOptions(parent=self, depends_on=self._network.gateway)
        address = ec2.Eip(name, domain="vpc", tags=tags(self._plan, name), opts=online)
        return ec2.NatGateway(
            name,
            allocation_id=address.id,
            subnet_id=self._network.public[zone].id,
            tags=tags(self._plan, name),
            opts=online,
        )
