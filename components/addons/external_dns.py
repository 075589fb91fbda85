"""Records outside the cluster for its Services."""

from collections.abc import Sequence

import pulumi

from components.addons.part import Part
from documents.addons import external_dns
from plan import Plan


class ExternalDns(Part):
    """ExternalDNS in its own namespace, which is among `after`."""

    def __init__(
        self, *, plan: Plan, after: Sequence[pulumi.Resource], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        given = plan.settings.addons.external_dns
        facts = {"domains": given.domains, "policy": given.policy}
        documents = [external_dns.priority(), *external_dns.objects(plan)]
        super().__init__("ExternalDns", external_dns.NAME, facts, documents, opts, after=after)
