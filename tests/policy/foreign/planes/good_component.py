"""kubeadm in a component of another team, which names its children and adds tags by itself."""

import pulumi
import pulumi_aws as aws

from tests.policy.foreign.case import Alone
from tests.policy.foreign.parts import clouds, setup, store
from tests.policy.foreign.parts.kubeadm import Kubeadm, files
from tests.policy.foreign.parts.texts import as_yaml, written

BUCKET, ENDPOINT = "acme-lime-snapshots", "api.lime.acme.example"


class ControlPlane(pulumi.ComponentResource):
    """Machines, volumes and targets of one control plane."""

    def __init__(self, name: str, *, home: clouds.Network, size: int, front: clouds.Balancer) -> None:
        super().__init__("acme:platform:ControlPlane", name, {"size": size, "endpoint": ENDPOINT})
        mine = pulumi.ResourceOptions(parent=self)
        kept = pulumi.ResourceOptions(parent=self, protect=True)
        group = clouds.node_group(f"{name}-nodes", home)
        profile = clouds.role(name, BUCKET)
        cluster = Kubeadm(name=name, endpoint=f"{ENDPOINT}:6443")
        for n in range(size):
            zone = clouds.ZONES[n % 3]
            node = aws.ec2.Instance(
                f"{name}-master-{n}",
                ami="ami-0f00ba4e57a71e000",
                instance_type="m6i.large",
                subnet_id=home.subnets[n % 3].id,
                availability_zone=zone,
                vpc_security_group_ids=[group.id],
                iam_instance_profile=profile.name,
                user_data=self.text(n, cluster),
                metadata_options=clouds.token_only(),
                root_block_device=aws.ec2.InstanceRootBlockDeviceArgs(encrypted=True),
                opts=mine,
            )
            volume = aws.ebs.Volume(
                f"{name}-data-{n}", availability_zone=zone, size=40, type="io2", iops=3000, encrypted=True, opts=kept
            )
            aws.ec2.VolumeAttachment(
                f"{name}-data-{n}", volume_id=volume.id, instance_id=node.id, device_name="/dev/sdg", opts=mine
            )
            aws.lb.TargetGroupAttachment(f"{name}-{n}", target_group_arn=front.group.arn, target_id=node.id, opts=mine)
        self.register_outputs({})

    @staticmethod
    def text(number: int, cluster: Kubeadm) -> pulumi.Output[str]:
        """User data as an output whose value is known."""
        steps = [setup.HOST, setup.packages(), setup.etcd_disk("/dev/nvme2n1"), setup.keys(cluster.name)]
        run = pulumi.Output.concat(*steps, cluster.command(number), "\n", setup.backup(BUCKET, cluster.name))
        return run.apply(
            lambda script: (
                "#cloud-config\n" + as_yaml({"write_files": written(files(number, cluster)), "runcmd": [script]})
            )
        )


def program() -> None:
    """Five nodes."""
    home = clouds.network("lime", "10.76.0.0/16")
    store.bucket(BUCKET)
    front = clouds.balancer("lime-api", home)
    clouds.alias(ENDPOINT, front)
    ControlPlane("lime", home=home, size=5, front=front)


ALONE = Alone(name="component", program=program, idea="five members in a component of another team")
