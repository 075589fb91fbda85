"""kubeadm behind a target group whose attachments alone name 6443; nodes have interfaces of their own."""

import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import clouds, setup, store
from tests.policy.foreign.parts.kubeadm import Kubeadm, files, here_documents
from tests.policy.foreign.parts.texts import as_yaml, written

NAME, BUCKET, ENDPOINT = "oak", "acme-oak-snapshots", "api.oak.acme.example"


def front(home: clouds.Network) -> clouds.Balancer:
    """A balancer whose target group has the default port of the team's web services."""
    balancer = aws.lb.LoadBalancer(
        NAME,
        load_balancer_type="network",
        internal=True,
        subnet_mappings=[
            aws.lb.LoadBalancerSubnetMappingArgs(subnet_id=subnet.id, private_ipv4_address=f"10.55.{n}.250")
            for n, subnet in enumerate(home.subnets)
        ],
        enable_deletion_protection=True,
    )
    check = clouds.readyz()
    group = aws.lb.TargetGroup(
        NAME, vpc_id=home.vpc.id, port=443, protocol="TCP", preserve_client_ip="false", health_check=check
    )
    forward = aws.lb.ListenerDefaultActionArgs(
        type="forward",
        forward=aws.lb.ListenerDefaultActionForwardArgs(
            target_groups=[aws.lb.ListenerDefaultActionForwardTargetGroupArgs(arn=group.arn)]
        ),
    )
    listener = aws.lb.Listener(
        NAME, load_balancer_arn=balancer.arn, port=6443, protocol="TCP", default_actions=[forward]
    )
    return clouds.Balancer(balancer, group, listener)


def node(number: int, home: clouds.Network, group: aws.ec2.SecurityGroup, text: str, profile: str) -> aws.ec2.Instance:
    """A machine on an interface that keeps its address when the machine is replaced."""
    interface = aws.ec2.NetworkInterface(
        f"oak-{number}",
        subnet_id=home.subnets[number].id,
        private_ips=[home.address(number)],
        security_groups=[group.id],
    )
    machine = aws.ec2.Instance(
        f"oak-{number}",
        ami="ami-0f00ba4e57a71e000",
        instance_type="r6i.large",
        availability_zone=clouds.ZONES[number],
        primary_network_interface=aws.ec2.InstancePrimaryNetworkInterfaceArgs(network_interface_id=interface.id),
        iam_instance_profile=profile,
        user_data=text,
        metadata_options=clouds.token_only(),
        root_block_device=aws.ec2.InstanceRootBlockDeviceArgs(encrypted=True),
    )
    clouds.etcd_volume(f"oak-{number}", machine, clouds.ZONES[number])
    return machine


def program(*, bad: bool) -> None:
    """Three nodes; with the fault only the first is behind the balancer."""
    home = clouds.network(NAME, "10.55.0.0/16")
    store.bucket(BUCKET)
    clouds.role(NAME, BUCKET)
    group = clouds.node_group("oak-nodes", home)
    cluster = Kubeadm(name=NAME, endpoint=f"{ENDPOINT}:6443")
    balancer = front(home)
    clouds.alias(ENDPOINT, balancer)
    nodes = []
    for n in range(3):
        run = [setup.HOST, setup.packages(), setup.etcd_disk(), setup.keys(NAME), here_documents(files(n, cluster))]
        script = "".join([*run, cluster.command(n), "\n", setup.backup(BUCKET, NAME)])
        document = {
            "runcmd": ["/opt/node.sh"],
            "write_files": written({"/opt/node.sh": f"#!/bin/sh\n{script}"}, mode="0755"),
        }
        nodes.append(node(n, home, group, "#cloud-config\n" + as_yaml(document), NAME))
    clouds.attach(NAME, balancer, nodes[:1] if bad else nodes)


PAIR = Pair(
    name="one-target",
    program=program,
    idea="only one of three control-plane nodes is behind the balancer",
    expected=frozenset({"P21"}),
)
