"""The disk of one etcd member. It outlives its instance and keeps the member's identity for the next one."""

import pulumi
from pulumi_aws import ebs

from components.aws.tags import tags
from plan import Node, Plan
from plan.aws import names as aws_names
from plan.sizes import etcd_volume


def member_volume(node: Node, *, plan: Plan, key_arn: pulumi.Input[str], parent: pulumi.Resource) -> ebs.Volume:
    """Create it encrypted, with explicit IOPS and throughput, in the node's zone."""
    aws = aws_names.section(plan.settings)
    wanted = etcd_volume(aws.machines)
    return ebs.Volume(
        node.name,
        availability_zone=node.failure_domain,
        type=wanted.type,
        size=wanted.gibibytes,
        iops=wanted.iops,
        throughput=wanted.throughput,
        encrypted=True,
        kms_key_id=key_arn,
        tags={**tags(plan, f"{node.name}-etcd"), "quorate:node": node.name},
        opts=pulumi.ResourceOptions(parent=parent, protect=aws.protect),
    )
