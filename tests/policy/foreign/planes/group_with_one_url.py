"""API servers in an auto-scaling group with mixed instance types; the group names its target groups."""

import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import clouds, external
from tests.policy.foreign.parts.kubeadm import Kubeadm
from tests.policy.foreign.parts.texts import encoded

NAME, ENDPOINT = "gale", "api.gale.acme.example"


def servers(place: external.External, text: str, target_group: aws.lb.TargetGroup) -> None:
    """The group with its template and two types of machine."""
    profile = aws.ec2.LaunchTemplateIamInstanceProfileArgs(name=place.place.profile.name)
    template = aws.ec2.LaunchTemplate(
        NAME,
        image_id="ami-0f00ba4e57a71e000",
        user_data=encoded(text),
        vpc_security_group_ids=[place.place.clients.id],
        iam_instance_profile=profile,
        metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
            http_tokens="required", http_put_response_hop_limit=1
        ),
        block_device_mappings=[
            aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
                device_name="/dev/xvda", ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(encrypted="true")
            )
        ],
    )
    launch = aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateArgs(
        launch_template_specification=aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateLaunchTemplateSpecificationArgs(
            launch_template_id=template.id, version="$Latest"
        ),
        overrides=[
            aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateOverrideArgs(instance_type=kind)
            for kind in ("m6i.large", "m6a.large")
        ],
    )
    aws.autoscaling.Group(
        NAME,
        min_size=3,
        max_size=6,
        desired_capacity=3,
        vpc_zone_identifiers=[subnet.id for subnet in place.place.home.subnets],
        mixed_instances_policy=aws.autoscaling.GroupMixedInstancesPolicyArgs(launch_template=launch),
        target_group_arns=[target_group.arn],
        health_check_type="ELB",
        health_check_grace_period=600,
    )


def program(*, bad: bool) -> None:
    """Three API servers; with the fault all of them know one etcd member only, on another machine."""
    place = external.made(NAME, "10.51.0.0/16")
    home = place.place.home
    aws.vpc.SecurityGroupIngressRule(
        "gale-api",
        security_group_id=place.place.clients.id,
        ip_protocol="tcp",
        from_port=6443,
        to_port=6443,
        cidr_ipv4=home.cidr,
    )
    cluster = Kubeadm(name=NAME, endpoint=f"{ENDPOINT}:6443", etcd=place.etcd(only_first=bad))
    front = clouds.balancer("gale-api", home)
    clouds.alias(ENDPOINT, front)
    servers(place, external.script(cluster), front.group)


PAIR = Pair(
    name="group-with-one-etcd-url",
    program=program,
    idea="every API server depends on the same single etcd member, which is on another machine",
    expected=frozenset({"P12"}),
)
