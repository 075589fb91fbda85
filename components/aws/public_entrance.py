"""A public API: a second load balancer, which faces the internet. Nodes and their VPC use the internal one.

Nodes would reach a public address only through NAT, and a rule that names a security group does not match that address.
"""

from collections.abc import Sequence

import pulumi
from pulumi_aws import lb

from components.aws.firewall import Firewall
from components.aws.load_balancer import ApiLoadBalancer
from components.aws.network import Subnets
from plan import Plan
from plan.network.endpoint import API_PORT


def public_entrance(
    name: str,
    *,
    plan: Plan,
    subnets: Subnets,
    firewall: Firewall,
    after: Sequence[pulumi.Resource],
    parent: pulumi.Resource,
) -> ApiLoadBalancer | None:
    """The balancer with every node as a target; None if the settings name none."""
    if firewall.public is None:
        return None
    made = ApiLoadBalancer(
        f"{name}-public",
        plan=plan,
        subnets=subnets,
        security_group=firewall.public.id,
        after=after,
        public=True,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    for node in plan.nodes:
        # A target group serves one load balancer only.
        lb.TargetGroupAttachment(
            f"{node.name}-public",
            target_group_arn=made.group.arn,
            target_id=str(node.address),
            port=API_PORT,
            opts=pulumi.ResourceOptions(parent=made, depends_on=list(after)),
        )
    return made
