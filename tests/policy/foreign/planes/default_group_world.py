"""kubeadm nodes in the VPC's default security group."""

import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import clouds, store
from tests.policy.foreign.parts.kubeadm import Kubeadm
from tests.policy.foreign.parts.scripts import shell

NAME, BUCKET, ENDPOINT = "sage", "acme-sage-snapshots", "api.sage.acme.example"


def node(number: int, home: clouds.Network, text: str, profile: aws.iam.InstanceProfile) -> aws.ec2.Instance:
    """A machine without groups of its own: AWS gives it the default one."""
    machine = aws.ec2.Instance(
        f"sage-{number}",
        ami="ami-0f00ba4e57a71e000",
        instance_type="m6i.large",
        subnet_id=home.subnets[number].id,
        availability_zone=clouds.ZONES[number],
        private_ip=home.address(number),
        iam_instance_profile=profile.name,
        user_data=text,
        metadata_options=clouds.token_only(),
        root_block_device=aws.ec2.InstanceRootBlockDeviceArgs(encrypted=True),
    )
    clouds.etcd_volume(f"sage-{number}", machine, clouds.ZONES[number])
    return machine


def program(*, bad: bool) -> None:
    """Three nodes; with the fault the default group opens 6443 to every IPv6 address in use."""
    home = clouds.network(NAME, "10.67.0.0/16")
    store.bucket(BUCKET)
    profile = clouds.role(NAME, BUCKET)
    api = aws.ec2.DefaultSecurityGroupIngressArgs(
        protocol="tcp",
        from_port=6443,
        to_port=6443,
        cidr_blocks=[home.cidr],
        ipv6_cidr_blocks=["2000:0:0::/3"] if bad else ["fd00:8::/48"],
    )
    own = [
        aws.ec2.DefaultSecurityGroupIngressArgs(protocol="tcp", from_port=first, to_port=last, self=True)
        for first, last in ((2379, 2380), (10250, 10250))
    ]
    out = aws.ec2.DefaultSecurityGroupEgressArgs(protocol="-1", from_port=0, to_port=0, cidr_blocks=["0.0.0.0/0"])
    aws.ec2.DefaultSecurityGroup(NAME, vpc_id=home.vpc.id, ingress=[api, *own], egress=[out])
    front = clouds.balancer("sage-api", home)
    clouds.alias(ENDPOINT, front)
    cluster = Kubeadm(name=NAME, endpoint=f"{ENDPOINT}:6443")
    nodes = []
    for n in range(3):
        text = shell(n, cluster, BUCKET)
        nodes.append(node(n, home, text, profile))
    clouds.attach(NAME, front, nodes)


PAIR = Pair(
    name="default-group-open-to-ipv6",
    program=program,
    idea="the default group, which the nodes are in, opens the API to 2000::/3",
    expected=frozenset({"P33", "P34"}),
)
