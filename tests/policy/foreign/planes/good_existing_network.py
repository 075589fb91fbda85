"""kubeadm in a network of another team: everything around it is known by id, and targets are addresses."""

import pulumi
import pulumi_aws as aws

from tests.policy.foreign.case import Alone
from tests.policy.foreign.parts import clouds, store
from tests.policy.foreign.parts.kubeadm import Kubeadm
from tests.policy.foreign.parts.scripts import shell
from tests.policy.foreign.parts.texts import encoded

NAME, BUCKET, ENDPOINT = "moss", "acme-moss-snapshots", "api.moss.acme.example"
SUBNETS = {
    "eu-west-1a": "subnet-0a000000000000001",
    "eu-west-1b": "subnet-0b000000000000002",
    "eu-west-1c": "subnet-0c000000000000003",
}


def program() -> None:
    """Three nodes; the groups' rules are in the other team's stack."""
    vpc = aws.ec2.get_vpc(tags={"Name": "shared"})
    zone = aws.route53.get_zone(name="acme.example", private_zone=True)
    store.bucket(BUCKET)
    profile = clouds.role(NAME, BUCKET)
    front = aws.lb.LoadBalancer(
        NAME,
        load_balancer_type="network",
        internal=True,
        subnets=list(SUBNETS.values()),
        security_groups=["sg-0f1e2d3c4b5a69788"],
        enable_deletion_protection=True,
        access_logs=aws.lb.LoadBalancerAccessLogsArgs(bucket="acme-access-logs", enabled=True),
    )
    group = aws.lb.TargetGroup(
        NAME, vpc_id=vpc.id, port=6443, protocol="TCP", target_type="ip", health_check=clouds.readyz(),
        preserve_client_ip="false",
    )  # fmt: skip
    forward = aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=group.arn)
    aws.lb.Listener(NAME, load_balancer_arn=front.arn, port=6443, protocol="TCP", default_actions=[forward])
    aws.route53.Record(NAME, zone_id=zone.zone_id, name=ENDPOINT, type="CNAME", ttl=60, records=[front.dns_name])
    cluster = Kubeadm(name=NAME, endpoint=f"{ENDPOINT}:6443")
    for n, (place, subnet) in enumerate(SUBNETS.items()):
        text = pulumi.Output.from_input(shell(n, cluster, BUCKET)).apply(encoded)
        node = aws.ec2.Instance(
            f"moss-{n}",
            ami=aws.ec2.get_ami(owners=["136693071363"], most_recent=True).id,
            instance_type="m7a.large",
            subnet_id=subnet,
            availability_zone=place,
            vpc_security_group_ids=["sg-0a1b2c3d4e5f60718"],
            iam_instance_profile=profile.name,
            user_data_base64=text,
            metadata_options=clouds.token_only(),
            root_block_device=aws.ec2.InstanceRootBlockDeviceArgs(encrypted=True),
        )
        clouds.etcd_volume(f"moss-{n}-etcd", node, place)
        aws.lb.TargetGroupAttachment(f"moss-{n}", target_group_arn=group.arn, target_id=node.private_ip)


ALONE = Alone(
    name="existing-network",
    program=program,
    idea="machines without a fixed address and groups of another stack leave nothing to refuse",
)
