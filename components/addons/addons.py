"""The cluster's add-ons: typed objects of Kubernetes, made in the same update as the cluster."""

from collections.abc import Mapping

import pulumi

from components.addons.access import Access
from components.addons.chart import Charted
from components.addons.cloud_controller import CloudController
from components.addons.cluster_provider import cluster_provider
from components.addons.core_dns import CoreDns, DnsAutoscaler
from components.addons.external_dns import ExternalDns
from components.addons.kube_proxy import KubeProxy
from components.addons.metrics_server import MetricsServer
from components.addons.namespaces import SafeNamespace
from components.addons.storage import Storage
from components.certificate_tree import CertificateTree
from documents.addons import core_dns
from plan import Plan
from plan.addons.workload import SYSTEM


class AddOns(pulumi.ComponentResource):
    """Everything that the settings switch on, each add-on with its own objects.

    Nothing is made before `ready` exists, which is when the API answers through the endpoint; and nothing is deleted
    when `ready` goes, because the objects lie in the etcd of the cluster that goes with it. So a destroy needs no API,
    and one of a cluster that is switched off waits for none.
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
        """Each add-on that is on: one component of one module beside this one."""
        on = plan.settings.addons
        # Pods reach the API by its Service's address. Those that cannot give up, and are started again late.
        proxy = [KubeProxy(plan=plan, opts=below)] if on.kube_proxy.enabled else []
        if on.core_dns.enabled:
            dns = CoreDns(plan=plan, pods_after=proxy, opts=below)
            if core_dns.autoscaled(plan):
                DnsAutoscaler(plan=plan, after=[dns], opts=below)
        if on.metrics_server.enabled:
            MetricsServer(plan=plan, tree=tree, pods_after=proxy, opts=below)
        spaces = {space.name: SafeNamespace(plan=plan, space=space, opts=below) for space in plan.namespaces}
        if on.access.enabled:
            Access(plan=plan, after=list(spaces.values()), opts=below)
        if on.storage_class is not None:
            Storage(given=on.storage_class, opts=below)
        if on.external_dns.enabled:
            ExternalDns(plan=plan, after=[spaces[on.external_dns.namespace]], opts=below)
        if on.cloud_controller.enabled:
            CloudController(plan=plan, opts=below)
        self._charts(plan, spaces, below)

    @staticmethod
    def _charts(plan: Plan, spaces: Mapping[str, SafeNamespace], below: pulumi.ResourceOptions) -> None:
        on = plan.settings.addons
        if on.pod_network.chart is not None:
            Charted(on.pod_network.kind, namespace=SYSTEM, given=on.pod_network.chart, opts=below)
        if on.cert_manager.enabled and on.cert_manager.chart is not None:
            space = on.cert_manager.namespace
            Charted("cert-manager", namespace=space, given=on.cert_manager.chart, after=[spaces[space]], opts=below)


def _going_with(ready: pulumi.Resource) -> pulumi.ResourceTransformation:
    """For every object below, however deep: its deletion is left out when `ready` is deleted in the same update."""

    def transform(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if not args.type_.startswith("kubernetes:"):
            return None
        opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(deleted_with=ready))
        return pulumi.ResourceTransformationResult(props=args.props, opts=opts)

    return transform
