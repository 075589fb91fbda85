"""Records accepted and rejected traffic of the VPC."""

import pulumi
from pulumi_aws import cloudwatch, ec2, iam

from components.aws.policies import allow, policy, trusted_by
from components.aws.tags import tags
from plan import Plan
from plan.aws import names as aws_names


class FlowLogs(pulumi.ComponentResource):
    """A log group with a retention period, and the role that writes to it."""

    def __init__(
        self, name: str, *, plan: Plan, vpc_id: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        days = aws_names.section(plan.settings).network.flow_log_days
        super().__init__("quorate:aws:FlowLogs", name, {"days": days}, opts)
        below = pulumi.ResourceOptions(parent=self)
        group = cloudwatch.LogGroup(
            "flow-logs",
            name=f"/quorate/{plan.settings.cluster}/flow-logs",
            retention_in_days=days,
            tags=tags(plan, "flow-logs"),
            opts=below,
        )
        role = iam.Role(
            "flow-logs",
            name=aws_names.role(plan.settings, "flow-logs"),
            assume_role_policy=trusted_by("vpc-flow-logs.amazonaws.com"),
            tags=tags(plan, "flow-logs"),
            opts=below,
        )
        actions = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:DescribeLogGroups"]
        iam.RolePolicy(
            "flow-logs",
            role=role.name,
            policy=group.arn.apply(lambda arn: policy(allow(actions, [arn, f"{arn}:*"]))),
            opts=below,
        )
        ec2.FlowLog(
            "flow-logs",
            vpc_id=vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=60,
            tags=tags(plan, "flow-logs"),
            opts=below,
        )
        self.register_outputs({"days": days})
