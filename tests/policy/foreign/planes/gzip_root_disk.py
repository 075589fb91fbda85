"""kubeadm with stacked etcd by a compressed cloud-config; etcd's disk is a block device of the instance."""

import pulumi
import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import clouds, setup
from tests.policy.foreign.parts.around import Around, around
from tests.policy.foreign.parts.kubeadm import Kubeadm, files
from tests.policy.foreign.parts.texts import as_yaml, compressed, written


def node(number: int, place: Around, cluster: Kubeadm, *, kept: bool) -> aws.ec2.Instance:
    """One node. `kept`: its disk for etcd outlives the instance."""
    run = [setup.HOST, setup.packages(), setup.etcd_disk("/dev/xvdb"), setup.keys(cluster.name)]
    run += [cluster.command(number), setup.backup(place.bucket, cluster.name)]
    text = "#cloud-config\n" + as_yaml({"runcmd": run, "write_files": written(files(number, cluster))})
    return aws.ec2.Instance(
        f"plain-{number}",
        ami="ami-0f00ba4e57a71e000",
        instance_type="m7i.large",
        subnet_id=place.home.subnets[number].id,
        availability_zone=clouds.ZONES[number],
        private_ip=place.home.address(number),
        vpc_security_group_ids=[place.group.id],
        iam_instance_profile=place.profile.name,
        user_data_base64=compressed(text),
        metadata_options=clouds.token_only(),
        root_block_device=aws.ec2.InstanceRootBlockDeviceArgs(encrypted=True),
        ebs_block_devices=[
            aws.ec2.InstanceEbsBlockDeviceArgs(
                device_name="/dev/xvdb",
                volume_type="gp3",
                volume_size=30,
                encrypted=True,
                delete_on_termination=not kept,
            )
        ],
        opts=pulumi.ResourceOptions(protect=True),
    )


def program(*, bad: bool) -> None:
    """Three nodes; with the fault every disk of etcd is deleted with its instance."""
    place = around("plain", "api.plain.acme.example")
    cluster = Kubeadm(name="plain", endpoint="api.plain.acme.example:6443")
    place.behind([node(n, place, cluster, kept=not bad) for n in range(3)])


PAIR = Pair(
    name="gzip-disk-deleted-with-instance",
    program=program,
    idea="etcd's data is deleted together with the instance",
    expected=frozenset({"P17", "P85"}),
)
