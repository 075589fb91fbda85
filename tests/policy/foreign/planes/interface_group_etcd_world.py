"""kubeadm nodes whose groups are attached to their interfaces."""

import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import clouds
from tests.policy.foreign.parts.around import Around, around
from tests.policy.foreign.parts.kubeadm import Kubeadm
from tests.policy.foreign.parts.scripts import shell

ENDPOINT = "api.thorn.acme.example"


def node(number: int, place: Around, text: str) -> aws.ec2.Instance:
    """A machine on an interface; its base group is attached apart from it."""
    interface = aws.ec2.NetworkInterface(
        f"thorn-{number}",
        subnet_id=place.home.subnets[number].id,
        private_ips=[place.home.address(number)],
        tags={"Name": f"thorn-{number}"},
    )
    machine = aws.ec2.Instance(
        f"thorn-{number}",
        ami="ami-0f00ba4e57a71e000",
        instance_type="m6i.large",
        availability_zone=clouds.ZONES[number],
        network_interfaces=[aws.ec2.InstanceNetworkInterfaceArgs(device_index=0, network_interface_id=interface.id)],
        iam_instance_profile=place.profile.name,
        user_data=text,
        metadata_options=clouds.token_only(),
        root_block_device=aws.ec2.InstanceRootBlockDeviceArgs(encrypted=True),
    )
    clouds.etcd_volume(f"thorn-{number}-etcd", machine, clouds.ZONES[number])
    aws.ec2.NetworkInterfaceSecurityGroupAttachment(
        f"thorn-{number}", security_group_id=place.group.id, network_interface_id=interface.id
    )
    return machine


def program(*, bad: bool) -> None:
    """Three nodes; with the fault a wide range of ports, with etcd's in it, is open to the world."""
    place = around("thorn", ENDPOINT, cidr="10.68.0.0/16")
    monitoring = aws.ec2.SecurityGroup("monitoring", vpc_id=place.home.vpc.id)
    aws.vpc.SecurityGroupIngressRule(
        "exporters",
        security_group_id=place.group.id,
        ip_protocol="tcp",
        from_port=2000 if bad else 9100,
        to_port=2999 if bad else 9100,
        cidr_ipv4="0.0.0.0/0" if bad else None,
        referenced_security_group_id=None if bad else monitoring.id,
    )
    cluster = Kubeadm(name="thorn", endpoint=f"{ENDPOINT}:6443")
    nodes = []
    for n in range(3):
        text = shell(n, cluster, place.bucket)
        nodes.append(node(n, place, text))
    place.behind(nodes)


PAIR = Pair(
    name="interface-group-etcd-open",
    program=program,
    idea="ports 2000 to 2999, etcd's among them, are open to the world by a group on the nodes' interfaces",
    expected=frozenset({"P13", "P34"}),
)
