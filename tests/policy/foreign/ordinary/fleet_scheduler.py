"""Nomad and Consul servers in auto-scaling groups, with their own gossip key and ports."""

import base64

import pulumi
import pulumi_aws as aws

from tests.policy.foreign.case import Alone

SERVER = """\
#!/bin/bash
set -e
apt-get install -y nomad consul
cat > /etc/nomad.d/server.hcl <<'EOF'
server {
  enabled          = true
  bootstrap_expect = 2
}
EOF
cat > /etc/systemd/system/consul.service <<'EOF'
[Service]
Environment="CONSUL_HTTP_ADDR=http://127.0.0.1:8500" "CONSUL_DATA=/var/lib/consul"
ExecStart=/usr/bin/consul agent -server -bootstrap-expect=2 -client=0.0.0.0 -encrypt=$GOSSIP -data-dir=/var/lib/consul
EOF
systemctl enable --now consul nomad
"""


def program() -> None:
    """Two servers by a group, many clients by another; the user data of both is unknown before the update."""
    key = pulumi.Config().require_secret("sshKey")
    topic = aws.sns.Topic("lifecycle")
    for name, size in (("server", 2), ("client", 6)):
        text = pulumi.Output.concat(
            SERVER.replace("$GOSSIP", "$(cat /etc/gossip)"), "echo ", topic.arn, " > /etc/topic\n"
        )
        template = aws.ec2.LaunchTemplate(
            name,
            image_id="ami-0f00ba4e57a71e000",
            instance_type="m6i.large",
            user_data=text.apply(lambda script: base64.b64encode(script.encode()).decode()),
        )
        aws.autoscaling.Group(
            name,
            min_size=size,
            max_size=size,
            availability_zones=["eu-west-1a"],
            launch_template=aws.autoscaling.GroupLaunchTemplateArgs(id=template.id, version="$Latest"),
        )
    aws.secretsmanager.Secret("gossip", name="consul/gossip")
    aws.secretsmanager.SecretVersion("gossip", secret_id="consul/gossip", secret_string=key)


ALONE = Alone(name="fleet-scheduler", program=program, idea="Nomad's and Consul's servers, two of them, in a group")
