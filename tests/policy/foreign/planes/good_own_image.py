"""kubeadm on an image that the same program builds, in a network whose range comes from IPAM."""

from collections.abc import Callable

import pulumi_aws as aws

from tests.policy.foreign.case import Alone
from tests.policy.foreign.parts import clouds, store
from tests.policy.foreign.parts.kubeadm import Kubeadm
from tests.policy.foreign.parts.scripts import shell

NAME, BUCKET, ENDPOINT = "opal", "acme-opal-snapshots", "api.opal.acme.example"


def image() -> aws.imagebuilder.Image:
    """The machines' image, from a recipe of another team."""
    base = "arn:aws:imagebuilder:eu-west-1:210987654321"
    return aws.imagebuilder.Image(
        NAME,
        image_recipe_arn=f"{base}:image-recipe/node/1.4.0",
        infrastructure_configuration_arn=f"{base}:infrastructure-configuration/default",
    )


def part(number: int) -> Callable[[str], str]:
    """The range of one subnet, once the network's is known."""
    return lambda cidr: f"{cidr.rsplit('.', 2)[0]}.{number}.0/24"


def network() -> clouds.Network:
    """A network whose range is unknown before the first update."""
    vpc = aws.ec2.Vpc(NAME, ipv4_ipam_pool_id="ipam-pool-0a1b2c3d4e5f60718", ipv4_netmask_length=16)
    subnets = tuple(
        aws.ec2.Subnet(f"opal-{n}", vpc_id=vpc.id, availability_zone=zone, cidr_block=vpc.cidr_block.apply(part(n)))
        for n, zone in enumerate(clouds.ZONES)
    )
    return clouds.Network(NAME, "10.0.0.0/8", vpc, subnets)


def program() -> None:
    """Three nodes without fixed addresses, and an address for outgoing traffic."""
    home = network()
    store.bucket(BUCKET)
    profile = clouds.role(NAME, BUCKET)
    group = aws.ec2.SecurityGroup("opal-nodes", vpc_id=home.vpc.id)
    aws.vpc.SecurityGroupIngressRule(
        "api",
        security_group_id=group.id,
        ip_protocol="tcp",
        from_port=6443,
        to_port=6443,
        cidr_ipv4=home.vpc.cidr_block,
    )
    own = {"etcd": (2379, 2380), "kubelet": (10250, 10250)}
    for name, (first, last) in own.items():
        aws.vpc.SecurityGroupIngressRule(
            name,
            security_group_id=group.id,
            referenced_security_group_id=group.id,
            ip_protocol="tcp",
            from_port=first,
            to_port=last,
        )
    outside = aws.ec2.Eip("opal-out", domain="vpc")
    aws.ec2.NatGateway("opal", subnet_id=home.subnets[0].id, allocation_id=outside.id)
    front = clouds.balancer("opal-api", home)
    clouds.alias(ENDPOINT, front)
    made = image().output_resources.apply(lambda built: (built[0].amis or [])[0].image or "")
    cluster = Kubeadm(name=NAME, endpoint=f"{ENDPOINT}:6443", pods="100.64.0.0/14", services="100.68.0.0/16")
    nodes = []
    for n, zone in enumerate(clouds.ZONES):
        node = aws.ec2.Instance(
            f"opal-{n}",
            ami=made,
            instance_type="c7i.xlarge",
            subnet_id=home.subnets[n].id,
            availability_zone=zone,
            vpc_security_group_ids=[group.id],
            iam_instance_profile=profile.name,
            user_data=shell(n, cluster, BUCKET),
            metadata_options=clouds.token_only(),
            root_block_device=aws.ec2.InstanceRootBlockDeviceArgs(encrypted=True),
        )
        clouds.etcd_volume(f"opal-{n}-etcd", node, zone)
        nodes.append(node)
    clouds.attach(NAME, front, nodes)


ALONE = Alone(
    name="own-image",
    program=program,
    idea="an image and a network range that AWS assigns are not faults of the cluster",
)
