"""A Jenkins controller, build agents in an auto-scaling group, and a registry."""

import base64

import pulumi_aws as aws

from tests.policy.foreign.case import Alone

PORTS = {
    "http": (8080, 8080),
    "agents": (50000, 50000),
    "docker": (2375, 2378),
    "debug": (6440, 6442),
    "sonar": (9000, 9001),
}
AGENT = """\
#!/bin/bash
apt-get update
apt-get install -y docker.io openjdk-21-jre-headless
swapon /swapfile
curl -fsS http://jenkins-master.acme.internal:8080/jnlpJars/agent.jar -o /opt/agent.jar
docker run -d --restart always -v /var/run/docker.sock:/var/run/docker.sock acme/agent:latest
"""


def program() -> None:
    """The controller has a home volume; agents come and go."""
    vpc = aws.ec2.Vpc("build", cidr_block="10.30.0.0/16")
    subnet = aws.ec2.Subnet("build", vpc_id=vpc.id, cidr_block="10.30.1.0/24")
    group = aws.ec2.SecurityGroup("build", vpc_id=vpc.id)
    for name, (first, last) in PORTS.items():
        aws.vpc.SecurityGroupIngressRule(
            name, security_group_id=group.id, ip_protocol="tcp", from_port=first, to_port=last, cidr_ipv4="0.0.0.0/0"
        )
    controller = aws.ec2.Instance(
        "jenkins-master",
        ami="ami-0f00ba4e57a71e000",
        instance_type="m6i.xlarge",
        subnet_id=subnet.id,
        vpc_security_group_ids=[group.id],
        user_data="#cloud-config\npackages: [jenkins]\nruncmd:\n  - systemctl enable --now jenkins\n",
        tags={"Name": "jenkins-master", "role": "master", "cluster": "build"},
    )
    home = aws.ebs.Volume("jenkins-home", availability_zone="eu-west-1a", size=200)
    aws.ec2.VolumeAttachment("jenkins-home", instance_id=controller.id, volume_id=home.id, device_name="/dev/sdf")
    template = aws.ec2.LaunchTemplate(
        "agent",
        image_id="ami-0f00ba4e57a71e000",
        instance_type="c6i.2xlarge",
        user_data=base64.b64encode(AGENT.encode()).decode(),
        vpc_security_group_ids=[group.id],
    )
    aws.autoscaling.Group(
        "agents",
        min_size=0,
        max_size=20,
        desired_capacity=4,
        vpc_zone_identifiers=[subnet.id],
        launch_template=aws.autoscaling.GroupLaunchTemplateArgs(id=template.id, version="$Latest"),
    )
    aws.ecr.Repository("agent", name="acme/agent", image_tag_mutability="MUTABLE")


ALONE = Alone(
    name="build-machines", program=program, idea="a machine called jenkins-master and ports near 6443 and 2379"
)
