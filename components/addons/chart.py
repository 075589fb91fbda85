"""Installs add-ons from their official Helm charts."""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as kubernetes

from plan.settings import Chart


class Charted(pulumi.ComponentResource):
    """A packed chart; the plan has verified its digest.

    Helm is part of Pulumi's official kubernetes plugin. With a stand-in for that plugin, the preview refuses the chart.
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
