"""kubeadm behind a public balancer whose own group lets two offices in."""

import pulumi_aws as aws

from tests.policy.foreign.case import Alone
from tests.policy.foreign.parts import clouds, store
from tests.policy.foreign.parts.kubeadm import Kubeadm
from tests.policy.foreign.parts.scripts import shell

NAME, BUCKET, ENDPOINT = "dawn", "acme-dawn-snapshots", "api.dawn.acme.example"
OFFICES = ["203.0.113.0/25", "198.51.100.16/29"]


def program() -> None:
    """Three nodes."""
    home = clouds.network(NAME, "10.73.0.0/16")
    store.bucket(BUCKET)
    profile = clouds.role(NAME, BUCKET)
    offices = aws.ec2.ManagedPrefixList(
        "offices",
        name="offices",
        address_family="IPv4",
        max_entries=4,
        entries=[aws.ec2.ManagedPrefixListEntryArgs(cidr=cidr) for cidr in OFFICES],
    )
    doors = aws.ec2.SecurityGroup("dawn-front", vpc_id=home.vpc.id)
    nodes_group = aws.ec2.SecurityGroup("dawn-nodes", vpc_id=home.vpc.id)
    aws.vpc.SecurityGroupIngressRule(
        "offices",
        security_group_id=doors.id,
        ip_protocol="tcp",
        from_port=6443,
        to_port=6443,
        prefix_list_id=offices.id,
    )
    aws.vpc.SecurityGroupEgressRule("front-out", security_group_id=doors.id, ip_protocol="-1", cidr_ipv4=home.cidr)
    sources = {"front": (doors.id, 6443, 6443), "nodes": (nodes_group.id, 6443, 6443)}
    sources |= {"etcd": (nodes_group.id, 2379, 2380), "kubelet": (nodes_group.id, 10250, 10250)}
    for name, (source, first, last) in sources.items():
        aws.vpc.SecurityGroupIngressRule(
            name,
            security_group_id=nodes_group.id,
            referenced_security_group_id=source,
            ip_protocol="tcp",
            from_port=first,
            to_port=last,
        )
    aws.vpc.SecurityGroupEgressRule("out", security_group_id=nodes_group.id, ip_protocol="-1", cidr_ipv4="0.0.0.0/0")
    front = aws.lb.LoadBalancer(
        NAME,
        load_balancer_type="network",
        internal=False,
        subnets=[subnet.id for subnet in home.subnets],
        security_groups=[doors.id],
        enable_deletion_protection=True,
    )
    group = aws.lb.TargetGroup(
        NAME, vpc_id=home.vpc.id, port=6443, protocol="TCP", preserve_client_ip="false", health_check=clouds.readyz()
    )
    forward = aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=group.arn)
    listener = aws.lb.Listener(NAME, load_balancer_arn=front.arn, port=6443, protocol="TCP", default_actions=[forward])
    balancer = clouds.Balancer(front, group, listener)
    clouds.alias(ENDPOINT, balancer)
    cluster = Kubeadm(name=NAME, endpoint=f"{ENDPOINT}:6443")
    nodes = []
    for n in range(3):
        node = clouds.machine(f"dawn-{n}", n, home, nodes_group, text=shell(n, cluster, BUCKET), profile=profile.name)
        clouds.etcd_volume(f"dawn-{n}-etcd", node, clouds.ZONES[n])
        nodes.append(node)
    clouds.attach(NAME, balancer, nodes)


ALONE = Alone(
    name="public-for-offices",
    program=program,
    idea="a public balancer that only two offices reach is not open to the world",
)
