"""Creates one environment on AWS, in the order of dependencies."""

from collections.abc import Mapping, Sequence

import pulumi

from components.aws.access import Access
from components.aws.account import provider
from components.aws.backups import BackupStore
from components.aws.connection import ProviderSettings, connection
from components.aws.convergence import convergence
from components.aws.egress import Egress
from components.aws.files import Files
from components.aws.firewall import Firewall
from components.aws.flow_logs import FlowLogs
from components.aws.key import key_arn
from components.aws.load_balancer import ApiLoadBalancer
from components.aws.lookups import look
from components.aws.machine import Base, Machine, base
from components.aws.network import Network, Subnets, created, existing
from components.aws.node_secret import NodeSecret
from components.aws.pod_network import PodNetwork
from components.aws.public_entrance import public_entrance
from components.aws.record import ApiRecord
from components.aws.replacement import replacement_guard
from components.aws.replica import Replica
from components.aws.resources import Membership, TargetHealth
from components.aws.role import NodeRole
from components.aws.watch import Watch
from components.node_files import NodeFiles
from plan import Node, Plan
from plan.aws import names as aws_names
from plan.network.endpoint import API_PORT
from plan.network.pod_network import routed


class Environment(pulumi.ComponentResource):
    """`hosts`: name, address and instance of each node; `ready` exists once the balancer finds all nodes healthy."""

    def __init__(
        self,
        name: str,
        *,
        plan: Plan,
        files: Mapping[str, NodeFiles],
        authority: pulumi.Input[str],
        access: ProviderSettings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        aws = aws_names.section(plan.settings)
        here = provider(plan, access)
        found = look(plan, here)
        facts = {"account": aws.account, "region": aws.region, "zones": sorted({n.failure_domain for n in plan.nodes})}
        merged = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(providers=[here]))
        super().__init__("quorate:aws:Environment", name, facts, merged)
        self._plan, self._name, self._files = plan, name, files
        self._given, self._connection = access, connection(access)
        self._below = pulumi.ResourceOptions(parent=self)
        self._key = key_arn(name, plan=plan, opts=self._below)
        network = Network(name, plan=plan, opts=self._below) if aws.network.vpc_id is None else None
        subnets = created(network) if network else existing(plan)
        firewall = Firewall(name, plan=plan, vpc_id=subnets.vpc_id, opts=self._below)
        bases = {n.name: self._base(n, subnets, firewall) for n in plan.nodes}
        taken = [*(made.interface for made in bases.values()), *(network.reserved if network else ())]
        ready = self._ways_out(network, firewall, taken) if network else ()
        if network and routed(plan.settings):
            interfaces = {name: made.interface for name, made in bases.items()}
            PodNetwork(name, plan=plan, network=network, firewall=firewall, interfaces=interfaces, opts=self._below)
        balancer = ApiLoadBalancer(
            name,
            plan=plan,
            subnets=subnets,
            security_group=firewall.balancers.id,
            after=taken,
            opts=self._below,
        )
        public_entrance(name, plan=plan, subnets=subnets, firewall=firewall, after=taken, parent=self)
        self._access = Access(
            name,
            plan=plan,
            connection=self._connection,
            subnet=next(iter(subnets.private.values())),
            security_group=firewall.tunnel.id if firewall.tunnel else None,
            after=taken,
            opts=self._below,
        )
        record = ApiRecord(name, plan=plan, balancer=balancer, vpc_id=subnets.vpc_id, opts=self._below)
        backups = self._backups()
        store = Files(name, plan=plan, files=files, key_arn=self._key, opts=self._below)
        made = self._machines(bases, balancer, found.image, store, backups, after=[*ready, *firewall.ways_out, record])
        instances = {node.name: machine.instance.id for node, machine in zip(plan.nodes, made, strict=True)}
        converged = convergence(
            name,
            plan=plan,
            connection=self._connection,
            store=store,
            digests=self._digests,
            instances=instances,
            authority=authority,
            after=[link for machine in made for link in machine.links],
            opts=self._below,
        )
        self.ready = self._all_healthy(balancer, made, after=converged)
        Watch(name, plan=plan, balancer=balancer, opts=self._below)
        self.register_outputs(facts)

    def _base(self, node: Node, subnets: Subnets, firewall: Firewall) -> Base:
        return base(
            node,
            plan=self._plan,
            subnet_id=subnets.private[node.failure_domain],
            security_group=firewall.nodes.id,
            key_arn=self._key,
            parent=self,
        )

    def _ways_out(
        self, network: Network, firewall: Firewall, taken: Sequence[pulumi.Resource]
    ) -> Sequence[pulumi.Resource]:
        egress = Egress(
            self._name,
            plan=self._plan,
            network=network,
            group=firewall.endpoints.id,
            after=taken,
            opts=self._below,
        )
        firewall.allow_s3(egress.s3.prefix_list_id)
        if aws_names.section(self._plan.settings).network.flow_log_days:
            FlowLogs(self._name, plan=self._plan, vpc_id=network.vpc.id, opts=self._below)
        return egress.ready

    def _backups(self) -> BackupStore:
        backups = BackupStore(self._name, plan=self._plan, key_arn=self._key, opts=self._below)
        region = aws_names.section(self._plan.settings).backups.replica_region
        if region is not None:
            there = provider(self._plan, self._given, region=region)
            Replica(self._name, plan=self._plan, source=backups, source_key=self._key, provider=there, opts=self._below)
        return backups

    def _machines(
        self,
        bases: Mapping[str, Base],
        balancer: ApiLoadBalancer,
        image: str,
        store: Files,
        backups: BackupStore,
        *,
        after: Sequence[pulumi.Resource],
    ) -> Sequence[Machine]:
        """Create the machines in sequence: each waits for the previous one, and for its health after a replacement."""
        made: list[Machine] = []
        told: list[pulumi.Resource] = []
        self._digests: dict[str, pulumi.Output[str]] = {}
        guard = replacement_guard(
            self._name, plan=self._plan, connection=self._connection, balancer=balancer, opts=self._below
        )
        for node in self._plan.nodes:
            secret = NodeSecret(
                node,
                plan=self._plan,
                files=self._files[node.name],
                documents_text=store.texts[node.name],
                agent=store.agent_digest,
                key_arn=self._key,
                opts=self._below,
            )
            told.append(secret.version)
            self._digests[node.name] = secret.digest
            role = NodeRole(
                node,
                plan=self._plan,
                files_arn=store.bucket.arn,
                backups_arn=backups.store.bucket.arn,
                secret_arn=secret.secret.arn,
                key_arn=self._key,
                opts=self._below,
            )
            own = [store.agent, store.objects[node.name], secret.version, *role.ready]
            machine = Machine(
                node,
                plan=self._plan,
                connection=self._connection,
                base=bases[node.name],
                image=image,
                profile=role.profile.name,
                key_name=self._access.key_name,
                balancer=balancer,
                key_arn=self._key,
                after=[*after, guard, *own, *(made[-1].links if made else ())],
                opts=self._below,
            )
            made.append(machine)
        self.hosts = [
            {"name": node.name, "address": str(node.address), "instance": machine.instance.id}
            for node, machine in zip(self._plan.nodes, made, strict=True)
        ]
        members = [member.name for member in self._plan.members]
        Membership(self._name, members=members, opts=pulumi.ResourceOptions(parent=self, depends_on=told))
        return made

    def _all_healthy(
        self, balancer: ApiLoadBalancer, made: Sequence[Machine], *, after: pulumi.Resource
    ) -> pulumi.Resource:
        return TargetHealth(
            self._name,
            region=aws_names.section(self._plan.settings).region,
            target_group=balancer.group.arn,
            targets=[{"address": str(node.address), "port": API_PORT} for node in self._plan.nodes],
            instances=[machine.instance.id for machine in made],
            initially=True,
            connection=self._connection,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[after, *(link for m in made for link in m.links)]),
        )
