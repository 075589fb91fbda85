"""Workers of a cluster whose control plane another team makes in another stack."""

import base64

import pulumi_aws as aws

from tests.policy.foreign.case import Alone
from tests.policy.foreign.parts import clouds, setup

JOIN = """\
aws s3 cp s3://acme-platform-join/discovery.conf /etc/kubernetes/discovery.conf
cat > /root/join.yaml <<EOF
apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
discovery:
  file: {kubeConfigPath: /etc/kubernetes/discovery.conf}
nodeRegistration:
  kubeletExtraArgs:
    - {name: node-labels, value: pool=spot}
EOF
kubeadm join --config /root/join.yaml
"""


def program() -> None:
    """A group of workers without metadata options, and the balancer of their ingress."""
    home = clouds.network("pool", "10.44.0.0/16")
    group = aws.ec2.SecurityGroup("pool", vpc_id=home.vpc.id, ingress=[clouds.rule(30000, 32767, cidrs=["0.0.0.0/0"])])
    text = "#!/bin/bash\nset -e\n" + setup.packages() + JOIN
    template = aws.ec2.LaunchTemplate(
        "worker",
        image_id="ami-0f00ba4e57a71e000",
        instance_type="m6i.large",
        vpc_security_group_ids=[group.id],
        user_data=base64.b64encode(text.encode()).decode(),
    )
    target = aws.lb.TargetGroup("ingress", port=30443, protocol="TCP", vpc_id=home.vpc.id)
    aws.autoscaling.Group(
        "worker",
        min_size=2,
        max_size=40,
        vpc_zone_identifiers=[subnet.id for subnet in home.subnets],
        launch_template=aws.autoscaling.GroupLaunchTemplateArgs(id=template.id, version="$Latest"),
        target_group_arns=[target.arn],
    )


ALONE = Alone(name="workers-alone", program=program, idea="the control plane belongs to another stack")
