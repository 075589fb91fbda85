"""One machine: a permanent address and disk, and an instance that can be replaced."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
from pulumi_aws import ebs, ec2, lb

from agent.aws import client as contact
from components.aws.connection import Connection
from components.aws.load_balancer import ApiLoadBalancer
from components.aws.resources import TargetHealth
from components.aws.tags import tags
from components.aws.volume import member_volume
from documents.user_data import user_data
from plan import Node, Plan
from plan.aws import names as aws_names
from plan.network.endpoint import API_PORT
from plan.network.pod_network import routed
from plan.settings.aws_machines import Machines
from plan.sizes import instance_type

DEVICE = "/dev/sdf"  # AWS recommends f to p for volumes other than the root volume
CONTACT = Path(contact.__file__).read_text()


@dataclass(frozen=True, kw_only=True)
class Base:
    """The resources that outlive the instance."""

    interface: ec2.NetworkInterface
    volume: ebs.Volume


def base(
    node: Node,
    *,
    plan: Plan,
    subnet_id: pulumi.Input[str],
    security_group: pulumi.Input[str],
    key_arn: pulumi.Input[str],
    parent: pulumi.Resource,
) -> Base:
    """The network interface with the node's fixed address, and the member's volume."""
    interface = ec2.NetworkInterface(
        node.name,
        subnet_id=subnet_id,
        private_ips=[str(node.address)],
        security_groups=[security_group],
        description=f"{plan.settings.cluster} {node.name}",
        # Packets of pods do not have the interface's address. None keeps AWS's default.
        source_dest_check=False if routed(plan.settings) else None,
        tags={**tags(plan, node.name), "quorate:node": node.name},
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return Base(interface=interface, volume=member_volume(node, plan=plan, key_arn=key_arn, parent=parent))


class Machine(pulumi.ComponentResource):
    """`instance`, and its `links`: the next machine waits for them, so that instances are replaced one at a time."""

    def __init__(
        self,
        node: Node,
        *,
        plan: Plan,
        connection: Connection,
        base: Base,
        image: str,
        profile: pulumi.Input[str],
        key_name: pulumi.Input[str],
        balancer: ApiLoadBalancer,
        key_arn: pulumi.Input[str],
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        facts = {"name": node.name, "address": str(node.address), "failureDomain": node.failure_domain}
        super().__init__("quorate:aws:Machine", node.name, facts, opts)
        self._connection = connection
        machines = aws_names.section(plan.settings).machines
        text = user_data(plan, node, contact=CONTACT)
        self.instance = ec2.Instance(
            node.name,
            ami=image,
            instance_type=instance_type(machines),
            primary_network_interface={"network_interface_id": base.interface.id},
            iam_instance_profile=profile,
            key_name=key_name,
            user_data_base64=base64.b64encode(text.encode()).decode(),
            user_data_replace_on_change=True,
            # Every request needs a token, and pods get no response.
            metadata_options={"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1},
            root_block_device={
                "encrypted": True,
                "kms_key_id": key_arn,
                "volume_type": "gp3",
                "volume_size": machines.root_gibibytes,
                "tags": tags(plan, f"{node.name}-root"),
            },
            tags={**tags(plan, node.name), "quorate:node": node.name, "quorate:role": "control-plane"},
            disable_api_termination=machines.termination_protection,
            # The protection is against manual termination; the program can still replace and destroy the instance.
            force_destroy=machines.termination_protection or None,
            opts=self._order(machines, after),
        )
        attachment = ec2.VolumeAttachment(
            node.name,
            volume_id=base.volume.id,
            instance_id=self.instance.id,
            device_name=DEVICE,
            # The end of the instance detaches it, after a clean shutdown of etcd. Stopping the instance only to detach
            # the volume before would take longer, and AWS does not detach a volume that is in use.
            skip_destroy=True,
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        region = aws_names.section(plan.settings).region
        health = self._behind(balancer, node, region, interface=base.interface, attachment=attachment)
        self.links: Sequence[pulumi.Resource] = [self.instance, attachment, health]
        self.register_outputs(facts)

    def _behind(
        self,
        balancer: ApiLoadBalancer,
        node: Node,
        region: str,
        *,
        interface: pulumi.Resource,
        attachment: pulumi.Resource,
    ) -> TargetHealth:
        """Register the node's address as a target, and wait for its health."""
        target = lb.TargetGroupAttachment(
            node.name,
            target_group_arn=balancer.group.arn,
            target_id=str(node.address),
            port=API_PORT,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[interface]),
        )
        return TargetHealth(
            node.name,
            region=region,
            target_group=balancer.group.arn,
            targets=[{"address": str(node.address), "port": API_PORT}],
            instances=[self.instance.id],
            types=[self.instance.instance_type],
            connection=self._connection,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[attachment, target, balancer.listener]),
        )

    def _order(self, machines: Machines, after: Sequence[pulumi.Resource]) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(
            parent=self,
            depends_on=list(after),
            # An address and a volume attach to only one instance. By default the engine would replace all at once.
            delete_before_replace=True,
            # A looked-up image is the newest one today; a running node keeps its own image.
            ignore_changes=[
                *([] if machines.image.id else ["ami"]),
                # The interface decides it; the provider would turn it on and off forever (version 6, an open bug).
                "sourceDestCheck",
            ],
        )
