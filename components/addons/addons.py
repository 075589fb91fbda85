"""The cluster's add-ons: typed Kubernetes objects, created in the same update as the cluster."""

from collections.abc import Mapping

import pulumi

from components.addons.chart import Charted
from components.addons.cluster_provider import cluster_provider
from components.addons.metrics_server import MetricsServer
from components.addons.part import Part
from components.certificate_tree import CertificateTree
from documents.addons import metrics_server
from documents.addons.manifests import add_ons
from plan import Plan
from plan.addons.workload import SYSTEM


class AddOns(pulumi.ComponentResource):
    """Every add-on that the settings enable, each with its own objects.

    Objects are created after `ready`, which means that the API responds through the endpoint. They are not deleted
    one by one when `ready` is deleted, because they are stored in the etcd of the same cluster. So a destroy needs no
    API, and does not wait for it if the cluster is off.
    """

    def __init__(
        self,
        name: str,
        *,
        plan: Plan,
        tree: CertificateTree,
        ready: pulumi.Resource,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        goes_with = pulumi.ResourceOptions(transformations=[_going_with(ready)])
        facts = {"cluster": plan.settings.cluster}
        super().__init__("quorate:addons:AddOns", name, facts, pulumi.ResourceOptions.merge(opts, goes_with))
        provider = cluster_provider(
            name, plan=plan, tree=tree, opts=pulumi.ResourceOptions(parent=self, depends_on=[ready])
        )
        self._parts(plan, tree, pulumi.ResourceOptions(parent=self, provider=provider))
        self.register_outputs(facts)

    def _parts(self, plan: Plan, tree: CertificateTree, below: pulumi.ResourceOptions) -> None:
        """Create a component for each enabled add-on, then the charts."""
        made: dict[str, pulumi.Resource] = {}
        for given in add_ons(plan):
            after = [made[key] for key in given.after if key in made]
            pods_after = [made[key] for key in given.pods_after if key in made]
            if given.kind == metrics_server.KIND:
                made[given.key] = MetricsServer(given, tree=tree, pods_after=pods_after, opts=below)
            else:
                made[given.key] = Part(given, after=after, pods_after=pods_after, opts=below)
        self._charts(plan, made, below)

    @staticmethod
    def _charts(plan: Plan, made: Mapping[str, pulumi.Resource], below: pulumi.ResourceOptions) -> None:
        on = plan.settings.addons
        if on.pod_network.chart is not None:
            Charted(on.pod_network.kind, namespace=SYSTEM, given=on.pod_network.chart, opts=below)
        if on.cert_manager.enabled and on.cert_manager.chart is not None:
            space = on.cert_manager.namespace
            Charted(
                "cert-manager",
                namespace=space,
                given=on.cert_manager.chart,
                after=[made[f"SafeNamespace/{space}"]],
                opts=below,
            )


def _going_with(ready: pulumi.Resource) -> pulumi.ResourceTransformation:
    """Skip the deletion of every object below, at any depth, if `ready` is deleted in the same update."""

    def transform(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if not args.type_.startswith("kubernetes:"):
            return None
        opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(deleted_with=ready))
        return pulumi.ResourceTransformationResult(props=args.props, opts=opts)

    return transform
