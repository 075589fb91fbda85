"""The hosts of one cluster: all equal, reached by SSH; each agent applies its changes, one node at a time."""

from collections.abc import Mapping

import pulumi

from components.hosts.host import Host
from components.hosts.resources import Bridge, Cluster
from components.hosts.virtual_ip import VirtualIp
from components.node_files import NodeFiles
from documents.balancing import dedicated_hosts
from plan import Plan


class Fleet(pulumi.ComponentResource):
    """Every host with its files, the virtual IP in front of them, and `ready`, which waits until the cluster serves.

    `hosts` has one mapping for each node: name, address and how to reach it by SSH, host key included.
    """

    def __init__(
        self,
        name: str,
        *,
        plan: Plan,
        files: Mapping[str, NodeFiles],
        authority: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("quorate:hosts:Fleet", name, {"cluster": plan.settings.cluster}, opts)
        below = pulumi.ResourceOptions(parent=self)
        VirtualIp(name, plan=plan, opts=below)
        bridge = self._bridge(plan, below)
        known = (*plan.settings.nodes, *plan.settings.workers, *plan.settings.balancers)
        settings = {host.name: host for host in known}
        made = {
            node.name: Host(
                plan=plan, node=node, host=settings[node.name], files=files[node.name], bridge=bridge, opts=below
            )
            for node in (*plan.nodes, *dedicated_hosts(plan))
        }
        hosts = [made[node.name] for node in plan.nodes]
        workers = [
            Host(
                plan=plan,
                node=node,
                host=settings[node.name],
                files=files[node.name],
                bridge=bridge,
                # A control-plane node admits a worker, and drains it before it is removed.
                admission=[host.reach for host in hosts],
                after=[host.node for host in made.values()],
                opts=below,
            )
            for node in plan.workers
        ]
        self.hosts = [host.reach for host in hosts]
        self.ready = Cluster(
            name,
            nodes=[host.reach for host in hosts],
            endpoint={
                "name": plan.endpoint.name,
                "port": plan.endpoint.port,
                "address": str(plan.endpoint.address) if plan.endpoint.address else None,
            },
            authority=authority,
            disposable=plan.settings.local_machines is not None,
            # Created last and destroyed first, so every node learns that the whole cluster is being deleted.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[host.node for host in (*made.values(), *workers)]),
        )
        self.register_outputs({"cluster": plan.settings.cluster})

    @staticmethod
    def _bridge(plan: Plan, opts: pulumi.ResourceOptions) -> Bridge | None:
        local = plan.settings.local_machines
        if local is None:
            return None
        network = plan.settings.network
        return Bridge(
            local.fleet,
            fleet=local.fleet,
            name=local.bridge,
            cidr=f"{network.gateway}/{network.hosts.prefixlen}",
            opts=opts,
        )
