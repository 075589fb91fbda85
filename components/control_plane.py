"""The whole control plane of one environment."""

import pulumi

from components.authorities import Provided
from components.certificate_tree import CertificateTree
from components.etcd_cluster import EtcdCluster
from components.facts import cluster_facts
from components.hosts.fleet import Fleet
from components.node_files import NodeFiles
from documents.balancing import dedicated_hosts
from plan import Plan


class ControlPlane(pulumi.ComponentResource):
    """Certificates, members, endpoint and nodes of one cluster.

    `facts` is what is known of it before anything exists; `hosts` is each host's name and how to reach it by SSH.
    """

    def __init__(
        self, name: str, *, plan: Plan, provided: Provided | None = None, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        self.facts = cluster_facts(plan)
        super().__init__("quorate:index:ControlPlane", name, self.facts, opts)
        below = pulumi.ResourceOptions(parent=self)
        tree = CertificateTree(name, plan=plan, provided=provided, opts=below)
        EtcdCluster(name, plan=plan, opts=below)
        files = {node.name: NodeFiles.of(plan, node, tree) for node in (*plan.nodes, *dedicated_hosts(plan))}
        fleet = Fleet(name, plan=plan, files=files, authority=tree.signers["cluster"].certificate_pem, opts=below)
        self.hosts = fleet.hosts
        self.register_outputs(self.facts)
