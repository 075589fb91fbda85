"""Alarms: targets, backups, certificates, etcd's leader."""

from collections.abc import Mapping

import pulumi
from pulumi_aws import cloudwatch

from components.aws.load_balancer import ApiLoadBalancer
from components.aws.role import METRICS
from components.aws.tags import tags
from documents.backup import PROOF_HOURS
from plan import Plan
from plan.aws import names as aws_names
from plan.aws.alarms import certificate_days

HOUR = 3_600  # seconds


class Watch(pulumi.ComponentResource):
    """The load balancer's metrics come from AWS, the others from the nodes' agents, every few minutes."""

    def __init__(
        self,
        name: str,
        *,
        plan: Plan,
        balancer: ApiLoadBalancer,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        aws = aws_names.section(plan.settings)
        super().__init__("quorate:aws:Watch", name, {"topic": aws.watch.topic_arn}, opts)
        self._plan, self._topic = plan, aws.watch.topic_arn
        behind: Mapping[str, pulumi.Input[str]] = {
            "LoadBalancer": balancer.balancer.arn_suffix,
            "TargetGroup": balancer.group.arn_suffix,
        }
        self._alarm(
            "unhealthy-targets",
            "An API server does not respond to /readyz",
            metric="UnHealthyHostCount",
            namespace="AWS/NetworkELB",
            dimensions=behind,
            above=0,
            period=60,
            periods=3,
        )
        for node in plan.nodes:
            own = {"Cluster": plan.settings.cluster, "Node": node.name}
            self._alarm(
                f"{node.name}-backup-age",
                f"The newest snapshot of {node.name} is old: its timer fails, or the node is down",
                metric="BackupAgeHours",
                dimensions=own,
                above=2 * aws.backups.every_hours,
                period=HOUR,
                silence="breaching",
            )
            self._alarm(
                f"{node.name}-backup-proof",
                f"No snapshot of {node.name} could be restored for two days: `journalctl -u quorate-proof` says why",
                metric="ProofAgeHours",
                dimensions=own,
                above=2 * PROOF_HOURS + 1,
                period=HOUR,
            )
            if (days := certificate_days(plan.settings, aws)) is not None:
                self._alarm(
                    f"{node.name}-certificates",
                    f"A certificate of {node.name} should have been renewed: run an update",
                    metric="CertificateDaysLeft",
                    dimensions=own,
                    below=days,
                    period=HOUR,
                )
            self._alarm(
                f"{node.name}-leader-changes",
                f"etcd on {node.name} sees its leader change: a disk or the network is too slow",
                metric="LeaderChanges",
                dimensions=own,
                above=aws.watch.leader_changes,
                period=900,
                statistic="Sum",
            )
        self.register_outputs({"topic": aws.watch.topic_arn})

    def _alarm(
        self,
        name: str,
        description: str,
        *,
        metric: str,
        dimensions: Mapping[str, pulumi.Input[str]],
        period: int,
        periods: int = 1,
        namespace: str = METRICS,
        statistic: str = "Maximum",
        above: int | None = None,
        below: int | None = None,
        silence: str = "missing",
    ) -> None:
        """Create an alarm. `silence`: how to treat missing data; the target alarm covers nodes that were never up."""
        actions = [self._topic] if self._topic else None
        cloudwatch.MetricAlarm(
            name,
            name=f"{self._plan.settings.cluster}-{name}",
            alarm_description=description,
            namespace=namespace,
            metric_name=metric,
            dimensions=dimensions,
            statistic=statistic if below is None else "Minimum",
            comparison_operator="GreaterThanThreshold" if below is None else "LessThanThreshold",
            threshold=above if below is None else below,
            period=period,
            evaluation_periods=periods,
            treat_missing_data=silence,
            alarm_actions=actions,
            ok_actions=actions,
            tags=tags(self._plan, name),
            opts=pulumi.ResourceOptions(parent=self),
        )
