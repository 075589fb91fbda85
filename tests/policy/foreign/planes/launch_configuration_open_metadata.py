"""API servers by a launch configuration, attached to the target group by a resource of its own."""

import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import clouds, external
from tests.policy.foreign.parts.kubeadm import Kubeadm
from tests.policy.foreign.parts.texts import compressed

NAME, ENDPOINT = "lark", "lark.k8s.acme.example"


def program(*, bad: bool) -> None:
    """Three API servers; with the fault their metadata service needs no token."""
    place = external.made(NAME, "10.52.0.0/16")
    home = place.place.home
    group = aws.ec2.SecurityGroup(
        "lark-front",
        vpc_id=home.vpc.id,
        ingress=[clouds.rule(6443, cidrs=[home.cidr])],
        egress=[aws.ec2.SecurityGroupEgressArgs(protocol="-1", from_port=0, to_port=0, cidr_blocks=["0.0.0.0/0"])],
    )
    cluster = Kubeadm(name=NAME, endpoint=f"{ENDPOINT}:6443", etcd=place.etcd())
    configuration = aws.ec2.LaunchConfiguration(
        NAME,
        name_prefix="lark-",
        image_id="ami-0f00ba4e57a71e000",
        instance_type="m5.large",
        user_data_base64=compressed(external.script(cluster)),
        security_groups=[place.place.clients.id, group.id],
        iam_instance_profile=place.place.profile.name,
        metadata_options=aws.ec2.LaunchConfigurationMetadataOptionsArgs(
            http_tokens="optional" if bad else "required", http_put_response_hop_limit=1
        ),
        root_block_device=aws.ec2.LaunchConfigurationRootBlockDeviceArgs(encrypted=True, volume_type="gp3"),
    )
    front = clouds.balancer("lark-api", home)
    clouds.alias(ENDPOINT, front)
    servers = aws.autoscaling.Group(
        NAME,
        launch_configuration=configuration.name,
        min_size=3,
        max_size=3,
        vpc_zone_identifiers=[subnet.id for subnet in home.subnets],
        tags=[aws.autoscaling.GroupTagArgs(key="Name", value="lark", propagate_at_launch=True)],
    )
    aws.autoscaling.Attachment(NAME, autoscaling_group_name=servers.name, lb_target_group_arn=front.group.arn)


PAIR = Pair(
    name="launch-configuration-open-metadata",
    program=program,
    idea="the instance metadata service responds without a token, so that a pod gets the machine's role",
    expected=frozenset({"P36"}),
)
