"""The pod network `routed` on AWS: the VPC routes each node's pod range to that node."""

from collections.abc import Mapping

import pulumi
from pulumi_aws import ec2, vpc

from components.aws.firewall import Firewall
from components.aws.network import Network
from components.aws.tags import tags
from plan import Plan

# All ports except etcd's two: a rule cannot distinguish a packet to a pod from one to its node.
OPENINGS = (("tcp", 1, 2378), ("tcp", 2381, 65535), ("udp", 1, 65535))


class PodNetwork(pulumi.ComponentResource):
    """Adds a route to each node's pods to every route table of the nodes, and rules that let pods reach each other.

    Source/destination checks must be off on the interfaces: packets of pods do not have the node's address.
    """

    def __init__(
        self,
        name: str,
        *,
        plan: Plan,
        network: Network,
        firewall: Firewall,
        interfaces: Mapping[str, ec2.NetworkInterface],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        facts = {"ranges": {node.name: [str(one) for one in node.pod_ranges] for node in plan.nodes}}
        super().__init__("quorate:aws:PodNetwork", name, facts, opts)
        below = pulumi.ResourceOptions(parent=self)
        for zone, table in network.private_tables.items():
            for node in plan.nodes:
                for range_ in node.pod_ranges:
                    ec2.Route(
                        f"pods-{node.name}-{zone}",
                        route_table_id=table.id,
                        destination_cidr_block=str(range_),
                        network_interface_id=interfaces[node.name].id,
                        opts=below,
                    )
        for cidr in map(str, plan.settings.network.pods):
            self._let_in(plan, firewall, cidr, below)
        self.register_outputs(facts)

    @staticmethod
    def _let_in(plan: Plan, firewall: Firewall, cidr: str, opts: pulumi.ResourceOptions) -> None:
        for protocol, first, last in OPENINGS:
            name = f"nodes-{protocol}-{first}-{last}-from-pods"
            vpc.SecurityGroupIngressRule(
                name,
                security_group_id=firewall.nodes.id,
                cidr_ipv4=cidr,
                ip_protocol=protocol,
                from_port=first,
                to_port=last,
                description="pods reach pods of other nodes",
                tags=tags(plan, name),
                opts=opts,
            )
        vpc.SecurityGroupEgressRule(
            "nodes-to-pods",
            security_group_id=firewall.nodes.id,
            cidr_ipv4=cidr,
            ip_protocol="-1",
            description="pods and nodes reach pods of other nodes",
            tags=tags(plan, "nodes-to-pods"),
            opts=opts,
        )
