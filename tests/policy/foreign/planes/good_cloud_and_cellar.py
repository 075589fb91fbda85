"""Two clusters in one stack: one on AWS, one on own hosts with Keepalived. Each has its own kind of endpoint."""

import pulumi_aws as aws

from tests.policy.foreign.case import Alone
from tests.policy.foreign.parts import hosts
from tests.policy.foreign.parts.around import around
from tests.policy.foreign.parts.command import Remote
from tests.policy.foreign.parts.kubeadm import Kubeadm
from tests.policy.foreign.parts.scripts import shell
from tests.policy.foreign.planes.haproxy_unwatched import haproxy

ADDRESS = "192.168.5.100"


def cellar(bucket: str) -> None:
    """Three hosts and two balancers under a virtual address."""
    balancers = hosts.hosts("cellar-lb", "192.168.5", 11, 2)
    nodes = hosts.hosts("cellar-cp", "192.168.5", 21, 3)
    for n, balancer in enumerate(balancers):
        watch = "/usr/bin/killall -0 haproxy"
        conf = hosts.keepalived(balancer, balancers, ADDRESS, priority=110 - 5 * n, router=17, check=watch)
        steps = "apt-get install -y haproxy keepalived chrony\nsystemctl enable --now chrony\n"
        steps += hosts.written(
            "/etc/haproxy/haproxy.cfg", haproxy(nodes).replace("bind *:8443", f"bind {ADDRESS}:6443")
        )
        steps += "sysctl -w net.ipv4.ip_nonlocal_bind=1\n" + hosts.written("/etc/keepalived/keepalived.conf", conf)
        Remote(f"{balancer.name}-front", host=balancer.address, create=steps + "systemctl restart haproxy keepalived\n")
    hosts.stacked(Kubeadm(name="cellar", endpoint=f"{ADDRESS}:6443"), nodes, bucket)


def program() -> None:
    """Both clusters, which share a bastion but no document."""
    cloud = around("cloud", "api.cloud.acme.example", cidr="10.72.0.0/16")
    cluster = Kubeadm(name="cloud", endpoint="api.cloud.acme.example:6443")
    cloud.behind([cloud.node(n, text=shell(n, cluster, cloud.bucket)) for n in range(3)])
    cellar(cloud.bucket)
    doors = aws.ec2.SecurityGroup(
        "bastion",
        vpc_id=cloud.home.vpc.id,
        ingress=[
            aws.ec2.SecurityGroupIngressArgs(protocol="tcp", from_port=22, to_port=22, cidr_blocks=["198.51.100.4/32"])
        ],
    )
    aws.ec2.Instance("bastion", ami="ami-0f00ba4e57a71e000", instance_type="t3.nano", vpc_security_group_ids=[doors.id])


ALONE = Alone(
    name="cloud-and-cellar", program=program, idea="two clusters with three members each are not one cluster of six"
)
