"""Cluster DNS."""

from collections.abc import Sequence

import pulumi

from components.addons.part import Part
from documents.addons import core_dns, dns_autoscaler
from plan import Plan
from plan.addons import workload


class CoreDns(Part):
    """CoreDNS under the Service `kube-dns`."""

    def __init__(
        self, *, plan: Plan, pods_after: Sequence[pulumi.Resource] = (), opts: pulumi.ResourceOptions | None = None
    ) -> None:
        facts = {
            "replicas": workload.core_dns(plan.settings).replicas,
            "addresses": [str(address) for address in plan.dns_ips],
            "domain": plan.settings.network.dns_domain,
        }
        super().__init__("CoreDns", core_dns.NAME, facts, core_dns.objects(plan), opts, pods_after=pods_after)


class DnsAutoscaler(Part):
    """cluster-proportional-autoscaler for CoreDNS."""

    def __init__(
        self, *, plan: Plan, after: Sequence[pulumi.Resource], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        facts = {"target": dns_autoscaler.TARGET}
        super().__init__("DnsAutoscaler", dns_autoscaler.NAME, facts, dns_autoscaler.objects(plan), opts, after=after)
