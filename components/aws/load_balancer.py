"""The endpoint on AWS: a network load balancer that passes TCP through to every API server."""

from collections.abc import Sequence

import pulumi
from pulumi_aws import lb

from components.aws.network import Subnets
from components.aws.tags import tags
from plan import Plan
from plan.aws import names as aws_names
from plan.network.endpoint import API_PORT


class ApiLoadBalancer(pulumi.ComponentResource):
    """`balancer`, `group` (of targets) and `listener`. `public`: for clients on the internet; nodes use another one."""

    def __init__(
        self,
        name: str,
        *,
        plan: Plan,
        subnets: Subnets,
        security_group: pulumi.Input[str],
        after: Sequence[pulumi.Resource],
        public: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given = aws_names.section(plan.settings).load_balancer
        self._own = aws_names.public_api(plan.settings) if public else aws_names.api(plan.settings)
        facts = {"public": public, "port": plan.endpoint.port, "nodes": [str(n.address) for n in plan.nodes]}
        super().__init__("quorate:aws:ApiLoadBalancer", name, facts, opts)
        below = pulumi.ResourceOptions(parent=self)
        inside = subnets.public if public else subnets.private
        self.balancer = lb.LoadBalancer(
            name,
            name=self._own,
            load_balancer_type="network",
            internal=not public,
            subnets=list(inside.values()),
            # A balancer that is created without a security group can never get one.
            security_groups=[security_group],
            enable_cross_zone_load_balancing=given.cross_zone,
            enable_deletion_protection=given.deletion_protection,
            access_logs={"bucket": given.access_logs_bucket, "enabled": True} if given.access_logs_bucket else None,
            tags=tags(plan, "api"),
            # AWS assigns any free address of each subnet, so the nodes take theirs first.
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )
        self.group = self._group(name, plan, subnets.vpc_id)
        self.listener = lb.Listener(
            name,
            load_balancer_arn=self.balancer.arn,
            protocol="TCP",
            port=plan.endpoint.port,
            default_actions=[{"type": "forward", "target_group_arn": self.group.arn}],
            tags=tags(plan, "api"),
            opts=below,
        )
        self.register_outputs(facts)

    def _group(self, name: str, plan: Plan, vpc_id: pulumi.Input[str]) -> lb.TargetGroup:
        return lb.TargetGroup(
            name,
            name=self._own,
            vpc_id=vpc_id,
            protocol="TCP",
            port=API_PORT,
            target_type="ip",
            # A node that reaches itself through the balancer would drop its own packets.
            preserve_client_ip="false",
            deregistration_delay=aws_names.section(plan.settings).load_balancer.deregistration_seconds,
            # Two failed checks 5 s apart are the fastest detection that AWS allows; TCP connections are not retried.
            health_check={
                "protocol": "HTTPS",
                "path": "/readyz",
                "port": str(API_PORT),
                "matcher": "200",
                "interval": 5,
                "timeout": 4,
                "healthy_threshold": 2,
                "unhealthy_threshold": 2,
            },
            tags=tags(plan, "api"),
            # The name is fixed, so two cannot exist at the same time.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
