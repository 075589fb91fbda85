"""Add-ons by their official Helm chart."""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as kubernetes

from plan.settings import Chart


class Charted(pulumi.ComponentResource):
    """A packed chart whose digest was compared when the plan was made.

    Helm is part of Pulumi's own kubernetes plugin. Where a stand-in takes its place, the preview refuses the chart.
    """

    def __init__(
        self,
        name: str,
        *,
        namespace: str,
        given: Chart,
        after: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        facts = {"chart": given.path, "version": given.version, "digest": given.digest}
        super().__init__("quorate:addons:Chart", name, facts, opts)
        self.chart = kubernetes.helm.v4.Chart(
            name,
            chart=given.path,
            version=given.version,
            namespace=namespace,
            values=dict(given.values),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )
        self.register_outputs(facts)
