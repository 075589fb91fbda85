"""The whole control plane of one environment."""

import pulumi

from components.authorities import Provided
from components.certificate_tree import CertificateTree
from components.etcd_cluster import EtcdCluster
from components.facts import cluster_facts
from components.hosts.fleet import Fleet
from components.node_files import NodeFiles
from plan import Plan


class ControlPlane(pulumi.ComponentResource):
    """Certificates, members, endpoint and nodes of one cluster.

    Outputs: `endpoint` (name, port, address) and `nodes` (name, address and how to reach each), all known in a preview.
    """

    endpoint: pulumi.Output[dict[str, object]]
    nodes: pulumi.Output[list[dict[str, object]]]

    def __init__(
        self, name: str, *, plan: Plan, provided: Provided | None = None, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        facts = cluster_facts(plan)
        super().__init__("quorate:index:ControlPlane", name, facts, opts)
        below = pulumi.ResourceOptions(parent=self)
        tree = CertificateTree(name, plan=plan, provided=provided, opts=below)
        EtcdCluster(name, plan=plan, opts=below)
        files = {node.name: NodeFiles.of(plan, node, tree) for node in plan.nodes}
        Fleet(name, plan=plan, files=files, authority=tree.signers["cluster"].certificate_pem, opts=below)
        self.endpoint = pulumi.Output.from_input(facts["endpoint"])
        self.nodes = pulumi.Output.from_input(facts["nodes"])
        self.register_outputs(facts)
