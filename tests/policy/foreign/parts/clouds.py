"""AWS around a control plane: network, groups, machines, volumes, a balancer and a bucket of backups."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")
PROTECTED = pulumi.ResourceOptions(protect=True)


@dataclass(frozen=True)
class Network:
    """A VPC with one private subnet in each zone."""

    name: str
    cidr: str
    vpc: aws.ec2.Vpc
    subnets: tuple[aws.ec2.Subnet, ...]

    def address(self, number: int) -> str:
        """The fixed address of node `number`, which lies in the subnet `number` modulo 3."""
        prefix = self.cidr.rsplit(".", 2)[0]
        return f"{prefix}.{number % len(ZONES)}.{10 + number}"


def network(name: str, cidr: str = "10.20.0.0/16") -> Network:
    """`cidr`: a /16; the subnets are its first three /24."""
    vpc = aws.ec2.Vpc(name, cidr_block=cidr, enable_dns_hostnames=True, tags={"Name": name})
    prefix = cidr.rsplit(".", 2)[0]
    subnets = tuple(
        aws.ec2.Subnet(f"{name}-{zone[-1]}", vpc_id=vpc.id, availability_zone=zone, cidr_block=f"{prefix}.{n}.0/24")
        for n, zone in enumerate(ZONES)
    )
    return Network(name, cidr, vpc, subnets)


def rule(
    port: int, last: int | None = None, *, cidrs: Sequence[str] = (), own: bool = False
) -> aws.ec2.SecurityGroupIngressArgs:
    """One inline rule for TCP. `own`: from the group's own members."""
    return aws.ec2.SecurityGroupIngressArgs(
        protocol="tcp", from_port=port, to_port=last or port, cidr_blocks=list(cidrs) or None, self=own or None
    )


def node_group(
    name: str, home: Network, *, api_from: Sequence[str] = (), etcd_from: Sequence[str] = ()
) -> aws.ec2.SecurityGroup:
    """The nodes' security group with inline rules. The API is open to the VPC unless `api_from` says otherwise."""
    etcd = rule(2379, 2380, cidrs=etcd_from) if etcd_from else rule(2379, 2380, own=True)
    return aws.ec2.SecurityGroup(
        name,
        vpc_id=home.vpc.id,
        description="control-plane nodes",
        ingress=[rule(6443, cidrs=api_from or [home.cidr]), etcd, rule(10250, own=True)],
        egress=[aws.ec2.SecurityGroupEgressArgs(protocol="-1", from_port=0, to_port=0, cidr_blocks=["0.0.0.0/0"])],
    )


def token_only() -> aws.ec2.InstanceMetadataOptionsArgs:
    """The metadata service with a token and one hop."""
    return aws.ec2.InstanceMetadataOptionsArgs(http_tokens="required", http_put_response_hop_limit=1)


def machine(
    name: str,
    number: int,
    home: Network,
    group: aws.ec2.SecurityGroup,
    *,
    text: pulumi.Input[str] | None = None,
    base64: pulumi.Input[str] | None = None,
    zone: int | None = None,
    profile: pulumi.Input[str] | None = None,
    opts: pulumi.ResourceOptions | None = None,
) -> aws.ec2.Instance:
    """One node with a fixed address. `zone`: index of its subnet, `number` modulo 3 by default."""
    place = number % len(ZONES) if zone is None else zone
    prefix = home.cidr.rsplit(".", 2)[0]
    return aws.ec2.Instance(
        name,
        ami="ami-0f00ba4e57a71e000",
        instance_type="m6i.large",
        subnet_id=home.subnets[place].id,
        availability_zone=ZONES[place],
        private_ip=f"{prefix}.{place}.{10 + number}",
        vpc_security_group_ids=[group.id],
        iam_instance_profile=profile,
        user_data=text,
        user_data_base64=base64,
        metadata_options=token_only(),
        root_block_device=aws.ec2.InstanceRootBlockDeviceArgs(encrypted=True, volume_type="gp3", volume_size=40),
        tags={"Name": name},
        opts=opts,
    )


def etcd_volume(name: str, instance: aws.ec2.Instance, zone: str, *, encrypted: bool = True) -> None:
    """A volume for etcd's data that outlives the machine."""
    volume = aws.ebs.Volume(
        name, availability_zone=zone, size=20, type="gp3", encrypted=encrypted, opts=PROTECTED, tags={"Name": name}
    )
    aws.ec2.VolumeAttachment(name, volume_id=volume.id, instance_id=instance.id, device_name="/dev/sdf")


def readyz() -> aws.lb.TargetGroupHealthCheckArgs:
    """A health check that asks the API server itself."""
    return aws.lb.TargetGroupHealthCheckArgs(protocol="HTTPS", port="6443", path="/readyz", interval=10)


@dataclass(frozen=True)
class Balancer:
    """The API's network load balancer."""

    load_balancer: aws.lb.LoadBalancer
    group: aws.lb.TargetGroup
    listener: aws.lb.Listener


def balancer(
    name: str, home: Network, *, port: int = 6443, check: aws.lb.TargetGroupHealthCheckArgs | None = None
) -> Balancer:
    """An internal balancer on `port` in front of 6443."""
    front = aws.lb.LoadBalancer(
        name,
        load_balancer_type="network",
        internal=True,
        subnets=[subnet.id for subnet in home.subnets],
        enable_cross_zone_load_balancing=True,
        enable_deletion_protection=True,
    )
    group = aws.lb.TargetGroup(
        name,
        vpc_id=home.vpc.id,
        port=6443,
        protocol="TCP",
        target_type="instance",
        preserve_client_ip="false",
        health_check=check or readyz(),
    )
    forward = aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=group.arn)
    listener = aws.lb.Listener(name, load_balancer_arn=front.arn, port=port, protocol="TCP", default_actions=[forward])
    return Balancer(front, group, listener)


def attach(name: str, to: Balancer, instances: Sequence[aws.ec2.Instance]) -> None:
    """Put the machines behind the balancer, one attachment each."""
    for number, instance in enumerate(instances):
        aws.lb.TargetGroupAttachment(
            f"{name}-{number}", target_group_arn=to.group.arn, target_id=instance.id, port=6443
        )


def alias(name: str, to: Balancer, zone_id: pulumi.Input[str] = "Z0F0RE1GN") -> aws.route53.Record:
    """The API's name, as an alias of the balancer. `name` is absolute or relative to the zone."""
    target = aws.route53.RecordAliasArgs(
        name=to.load_balancer.dns_name, zone_id=to.load_balancer.zone_id, evaluate_target_health=True
    )
    return aws.route53.Record(f"record-{name}", zone_id=zone_id, name=name, type="A", aliases=[target])


def role(name: str, bucket: str) -> aws.iam.InstanceProfile:
    """The nodes' role: it adds backups below the cluster's prefix and reads the cluster's own secrets."""
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    put = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/{name}/*"}
    read = {
        "Effect": "Allow",
        "Action": "secretsmanager:GetSecretValue",
        "Resource": f"arn:aws:secretsmanager:eu-west-1:210987654321:secret:{name}/*",
    }
    made = aws.iam.Role(name, assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    policy = json.dumps({"Version": "2012-10-17", "Statement": [put, read]})
    aws.iam.RolePolicy(name, role=made.name, policy=policy)
    return aws.iam.InstanceProfile(name, role=made.name)
