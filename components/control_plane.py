"""The whole control plane of one environment."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pulumi

from components.authorities import Provided
from components.certificate_tree import CertificateTree
from components.etcd_cluster import EtcdCluster
from components.facts import cluster_facts
from components.node_files import NodeFiles
from components.scope import admit, scope
from documents.balancing import dedicated_hosts
from plan import Plan

if TYPE_CHECKING:
    from components.aws.environment import Environment
    from components.hosts.fleet import Fleet


class ControlPlane(pulumi.ComponentResource):
    """Certificates, members, endpoint and nodes of one cluster.

    `provided`: your own authorities, already checked by the plan. `aws_provider`: settings of the AWS provider that are
    not in the plan, such as a profile, by the official provider's names.

    `facts`: the values that are known before anything exists; `authority`: PEM that verifies the API; `hosts`: each
    host's name and how to reach it, by SSH or as an instance on AWS.
    """

    def __init__(
        self,
        name: str,
        *,
        plan: Plan,
        provided: Provided | None = None,
        aws_provider: Mapping[str, pulumi.Input[str]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        admit(plan)
        self._aws = aws_provider or {}
        self.facts = cluster_facts(plan)
        super().__init__("quorate:index:ControlPlane", name, self.facts, opts)
        below = pulumi.ResourceOptions(parent=scope(self, plan, opts))
        tree = CertificateTree(name, plan=plan, provided=provided, opts=below)
        self.authority = tree.trust["cluster"]
        EtcdCluster(name, plan=plan, opts=below)
        files = {node.name: NodeFiles.of(plan, node, tree) for node in (*plan.kubernetes_nodes, *dedicated_hosts(plan))}
        place = self._place(name, plan, files, tree, below)
        self.hosts: object = place.hosts
        if plan.settings.addons.enabled:
            from components.addons import AddOns  # noqa: PLC0415

            AddOns(name, plan=plan, tree=tree, ready=place.ready, opts=below)
        self.register_outputs(self.facts)

    def _place(
        self,
        name: str,
        plan: Plan,
        files: Mapping[str, NodeFiles],
        tree: CertificateTree,
        opts: pulumi.ResourceOptions,
    ) -> "Environment | Fleet":
        # Import only the kind in use: other environments then skip the AWS SDK's quarter of a second.
        if plan.settings.kind == "aws":
            from components.aws.environment import Environment  # noqa: PLC0415

            return Environment(
                name, plan=plan, files=files, authority=tree.trust["cluster"], access=self._aws, opts=opts
            )
        from components.hosts.fleet import Fleet  # noqa: PLC0415

        return Fleet(name, plan=plan, files=files, authority=tree.trust["cluster"], opts=opts)
