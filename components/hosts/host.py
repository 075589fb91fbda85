"""One host: the machine, if this program creates it, and the node (or balancer) on it."""

from collections.abc import Sequence
from pathlib import Path

import pulumi

from components.hosts.resources import Bridge, ConnectionArgs, Machine, Node, NodeReach
from components.node_files import NodeFiles
from plan import Node as PlannedNode
from plan import Plan
from plan.loading.disk import resolved
from plan.settings import HostNode, LocalMachines
from plan.store import mounted


class Host(pulumi.ComponentResource):
    """`node` is the resource that carries files to the host; `reach` is its name and how to reach it."""

    node: Node
    reach: NodeReach

    def __init__(
        self,
        *,
        plan: Plan,
        node: PlannedNode,
        host: HostNode,
        files: NodeFiles,
        bridge: Bridge | None,
        admission: Sequence[NodeReach] = (),
        after: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions,
    ) -> None:
        facts = {"name": node.name, "address": str(node.address), "failureDomain": node.failure_domain}
        super().__init__("quorate:hosts:Host", node.name, facts, opts)
        below = pulumi.ResourceOptions(parent=self)
        local = plan.settings.local_machines
        machine = self._machine(plan, node, local, bridge, below) if local and bridge else None
        connection = _connection(plan, host, machine)
        self.node = Node(
            node.name,
            name=node.name,
            connection=connection,
            manifest=files.manifest,
            files=files.files,
            secrets=files.secrets,
            generation=machine.generation if machine else "",
            admission=admission,
            opts=pulumi.ResourceOptions.merge(below, pulumi.ResourceOptions(depends_on=list(after))),
        )
        # The node's host key: the given one, or the one learnt at the first contact.
        self.reach = NodeReach(
            name=node.name,
            address=connection["address"],
            port=connection["port"],
            user=connection["user"],
            privateKeyPath=connection["privateKeyPath"],
            hostKey=self.node.host_key,
        )
        self.register_outputs(facts)

    @staticmethod
    def _machine(
        plan: Plan, node: PlannedNode, local: LocalMachines, bridge: Bridge, opts: pulumi.ResourceOptions
    ) -> Machine:
        settings = plan.settings
        return Machine(
            node.name,
            fleet=local.fleet,
            name=node.name,
            bridge=local.bridge,
            address=f"{node.address}/{settings.network.hosts.prefixlen}",
            gateway=str(settings.network.gateway),
            # The engine runs a program in its project folder, where relative paths of settings start.
            authorized_key=resolved(f"{settings.ssh.private_key_path}.pub", Path.cwd()).read_text().strip(),
            store=str(folder) if (folder := mounted(settings.artifacts, Path.cwd())) else None,
            memory_megabytes=local.memory_megabytes,
            members={member.name: str(plan.node(member.name).address) for member in plan.members},
            opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[bridge])),
        )


def _connection(plan: Plan, host: HostNode, machine: Machine | None) -> ConnectionArgs:
    ssh = plan.settings.ssh
    return ConnectionArgs(
        address=str(host.address),
        port=host.ssh_port or ssh.port,
        user=host.ssh_user or ssh.user,
        privateKeyPath=ssh.private_key_path,
        hostKey=machine.host_key if machine else host.host_key,
    )
