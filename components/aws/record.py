"""The API's DNS name: an alias of the load balancer, whose own name and addresses can change."""

import pulumi
from pulumi_aws import route53

from components.aws.load_balancer import ApiLoadBalancer
from components.aws.tags import tags
from plan import Plan
from plan.aws import names as aws_names


class ApiRecord(pulumi.ComponentResource):
    """An A record in a new private zone or in a given one. It exists before any machine resolves it."""

    def __init__(
        self,
        name: str,
        *,
        plan: Plan,
        balancer: ApiLoadBalancer,
        vpc_id: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        dns = aws_names.section(plan.settings).dns
        facts = {"name": plan.endpoint.name, "zone": dns.zone_id or f"{plan.settings.cluster}.{dns.domain}"}
        super().__init__("quorate:aws:ApiRecord", name, facts, opts)
        below = pulumi.ResourceOptions(parent=self)
        self.record = route53.Record(
            name,
            zone_id=dns.zone_id or self._zone(name, plan, vpc_id, below).zone_id,
            name=plan.endpoint.name,
            type="A",
            # DNS then omits the balancer's addresses in zones without a healthy target.
            aliases=[
                {
                    "name": balancer.balancer.dns_name,
                    "zone_id": balancer.balancer.zone_id,
                    "evaluate_target_health": True,
                }
            ],
            opts=below,
        )
        self.register_outputs(facts)

    @staticmethod
    def _zone(name: str, plan: Plan, vpc_id: pulumi.Input[str], opts: pulumi.ResourceOptions) -> route53.Zone:
        domain = aws_names.section(plan.settings).dns.domain
        return route53.Zone(
            name,
            name=f"{plan.settings.cluster}.{domain}",
            comment=f"Quorate, cluster {plan.settings.cluster}",
            vpcs=[{"vpc_id": vpc_id}],
            tags=tags(plan, "zone"),
            opts=opts,
        )
