"""Stacked kubeadm; in the fault's version an auto-scaling group launches the nodes."""

import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import clouds, setup
from tests.policy.foreign.parts.around import Around, around
from tests.policy.foreign.parts.kubeadm import Kubeadm, files, here_documents
from tests.policy.foreign.parts.texts import encoded

ENDPOINT = "api.wolf.acme.example"


def script(cluster: Kubeadm, bucket: str) -> str:
    """User data of any node: the node that takes the lock initializes the cluster, the others join it."""
    texts = files(0, cluster) | {"/etc/kubernetes/join.yaml": cluster.join()}
    steps = [setup.HOST, setup.packages(), setup.etcd_disk(), setup.keys("wolf"), here_documents(texts)]
    steps.append(
        'if aws dynamodb put-item --table-name wolf-lock --item \'{"id": {"S": "init"}}\' \\\n'
        "  --condition-expression 'attribute_not_exists(id)'; then\n"
        "  kubeadm init --config /etc/kubernetes/kubeadm.yaml\n"
        "else\n"
        "  kubeadm join --config /etc/kubernetes/join.yaml\nfi\n"
    )
    return "#!/bin/bash\n" + "".join(steps) + setup.backup(bucket, "wolf")


def template(place: Around, text: str) -> aws.ec2.LaunchTemplate:
    """What all nodes have in common, with a disk for etcd that stays when its machine goes."""
    ebs = aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs
    return aws.ec2.LaunchTemplate(
        "wolf",
        image_id="ami-0f00ba4e57a71e000",
        instance_type="m6i.large",
        user_data=encoded(text),
        vpc_security_group_ids=[place.group.id],
        iam_instance_profile=aws.ec2.LaunchTemplateIamInstanceProfileArgs(name=place.profile.name),
        metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
            http_tokens="required", http_put_response_hop_limit=1
        ),
        block_device_mappings=[
            aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
                device_name="/dev/sdf",
                ebs=ebs(volume_size=20, volume_type="gp3", encrypted="true", delete_on_termination="false"),
            )
        ],
    )


def program(*, bad: bool) -> None:
    """Three nodes by one launch template: three instances, or with the fault a group of three."""
    place = around("wolf", ENDPOINT)
    aws.dynamodb.Table(
        "wolf-lock",
        name="wolf-lock",
        billing_mode="PAY_PER_REQUEST",
        hash_key="id",
        attributes=[aws.dynamodb.TableAttributeArgs(name="id", type="S")],
    )
    cluster = Kubeadm(name="wolf", endpoint=f"{ENDPOINT}:6443")
    common = template(place, script(cluster, place.bucket))
    if bad:
        aws.autoscaling.Group(
            "wolf",
            min_size=3,
            max_size=3,
            vpc_zone_identifiers=[subnet.id for subnet in place.home.subnets],
            launch_template=aws.autoscaling.GroupLaunchTemplateArgs(id=common.id, version="$Latest"),
            target_group_arns=[place.front.group.arn],
        )
        return
    nodes = [
        aws.ec2.Instance(
            f"wolf-{n}",
            launch_template=aws.ec2.InstanceLaunchTemplateArgs(id=common.id, version="$Latest"),
            subnet_id=place.home.subnets[n].id,
            availability_zone=clouds.ZONES[n],
            private_ip=place.home.address(n),
            opts=clouds.PROTECTED,
        )
        for n in range(3)
    ]
    place.behind(nodes)


PAIR = Pair(
    name="group-owns-members",
    program=program,
    idea="an auto-scaling group owns stacked members and replaces them without telling the others",
    expected=frozenset({"P15", "P17", "P85"}),
    changed=7,
)
