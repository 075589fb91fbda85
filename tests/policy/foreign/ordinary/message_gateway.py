"""A message gateway on port 6443 with TLS at its balancer, and proxies whose parts have names of Kubernetes' world."""

import pulumi_aws as aws

from tests.policy.foreign.case import Alone
from tests.policy.foreign.parts import clouds

USER_DATA = """\
#cloud-config
packages: [nginx, haproxy]
write_files:
  - path: /etc/nginx/nginx.conf
    content: |
      events {{}}
      stream {{
        upstream control_plane {{ server {address}:6443; }}
        server {{ listen 7443; proxy_pass control_plane; }}
      }}
  - path: /etc/haproxy/haproxy.cfg
    content: |
      defaults
        mode http
        timeout connect 5s
      frontend gateway
        bind *:8443 ssl crt /etc/ssl/gateway.pem
        default_backend masters
      backend masters
        server one {address}:6443
  - path: /etc/systemd/system/gateway.service
    content: |
      [Service]
      ExecStart=/opt/gateway/bin/gateway --listen 0.0.0.0:6443
runcmd:
  - systemctl enable --now gateway nginx haproxy
"""


def program() -> None:
    """One machine, open to the world, behind a balancer in one zone that terminates TLS."""
    home = clouds.network("gate", "10.43.0.0/16")
    group = aws.ec2.SecurityGroup("gate", vpc_id=home.vpc.id, ingress=[clouds.rule(6443, cidrs=["0.0.0.0/0"])])
    address = home.address(0)
    machine = aws.ec2.Instance(
        "gateway",
        ami="ami-0f00ba4e57a71e000",
        instance_type="t3.small",
        subnet_id=home.subnets[0].id,
        private_ip=address,
        vpc_security_group_ids=[group.id],
        user_data=USER_DATA.format(address=address),
    )
    front = aws.lb.LoadBalancer("kube-api", load_balancer_type="network", subnets=[home.subnets[0].id])
    target = aws.lb.TargetGroup("control-plane", port=6443, protocol="TLS", vpc_id=home.vpc.id)
    aws.lb.TargetGroupAttachment("gateway", target_group_arn=target.arn, target_id=machine.id, port=6443)
    aws.lb.Listener(
        "kube-api",
        load_balancer_arn=front.arn,
        port=6443,
        protocol="TLS",
        certificate_arn="arn:aws:acm:eu-west-1:210987654321:certificate/6443",
        default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=target.arn)],
    )


ALONE = Alone(name="message-gateway", program=program, idea="port 6443 serves something else")
