"""The cluster's add-ons: typed objects of Kubernetes, made in the same update as the cluster."""

import pulumi

from components.addons.cluster_provider import cluster_provider
from components.certificate_tree import CertificateTree
from plan import Plan


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
        self._parts(plan, pulumi.ResourceOptions(parent=self, provider=provider))
        self.register_outputs(facts)

    def _parts(self, plan: Plan, below: pulumi.ResourceOptions) -> None:
        """Each add-on that is on: one component of one module beside this one, with `opts=below`."""


def _going_with(ready: pulumi.Resource) -> pulumi.ResourceTransformation:
    """For every object below, however deep: its deletion is left out when `ready` is deleted in the same update."""

    def transform(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if not args.type_.startswith("kubernetes:"):
            return None
        opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(deleted_with=ready))
        return pulumi.ResourceTransformationResult(props=args.props, opts=opts)

    return transform
