"""An API gateway (APISIX) that keeps its routes in an etcd on machines of its own."""

import base64

import pulumi_aws as aws

from tests.policy.foreign.case import Alone
from tests.policy.foreign.parts import clouds

STORE = """\
#!/bin/sh
cat > /etc/systemd/system/etcd.service <<'EOF'
[Service]
ExecStart=/usr/bin/etcd --name {name} --data-dir /var/lib/etcd --initial-cluster {peers} \\
  --listen-peer-urls http://{ip}:2380 --initial-advertise-peer-urls http://{ip}:2380 \\
  --listen-client-urls http://{ip}:2379 --advertise-client-urls http://{ip}:2379
EOF
systemctl enable --now etcd
"""
GATEWAY = """\
#cloud-config
write_files:
  - path: /usr/local/apisix/conf/config.yaml
    content: |
      deployment:
        role: traditional
        role_traditional: {{config_provider: etcd}}
        etcd:
          prefix: /apisix
          host: [{urls}]
runcmd:
  - systemctl enable --now apisix
"""


def program() -> None:
    """Two members, and a group of gateways behind a balancer."""
    home = clouds.network("edge", "10.42.0.0/16")
    members = {f"etcd-{n}": home.address(n) for n in range(2)}
    peers = ",".join(f"{name}=http://{address}:2380" for name, address in members.items())
    for n, (name, address) in enumerate(members.items()):
        aws.ec2.Instance(
            name,
            ami="ami-0f00ba4e57a71e000",
            instance_type="t3.medium",
            subnet_id=home.subnets[n].id,
            private_ip=address,
            user_data=STORE.format(name=name, ip=address, peers=peers),
        )
    urls = ", ".join(f'"http://{address}:2379"' for address in members.values())
    text = GATEWAY.format(urls=urls)
    template = aws.ec2.LaunchTemplate(
        "gateway",
        image_id="ami-0f00ba4e57a71e000",
        instance_type="t3.large",
        user_data=base64.b64encode(text.encode()).decode(),
    )
    aws.autoscaling.Group(
        "gateway",
        min_size=2,
        max_size=8,
        vpc_zone_identifiers=[subnet.id for subnet in home.subnets],
        launch_template=aws.autoscaling.GroupLaunchTemplateArgs(id=template.id, version="$Latest"),
    )


ALONE = Alone(name="gateway-with-etcd", program=program, idea="an etcd for the routes of an API gateway")
