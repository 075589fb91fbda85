"""A shop: HAProxy machines behind an application load balancer, a database, a certificate proved by DNS."""

import pulumi
import pulumi_aws as aws

from tests.policy.foreign.case import Alone

HAPROXY = """\
global
    maxconn 2000
defaults
    mode http
    timeout connect 3s
frontend shop
    bind *:8443 ssl crt /etc/haproxy/shop.pem
    default_backend php
backend php
    option httpchk GET /health
    server php1 10.0.1.21:9000 check
    server php2 10.0.1.22:9000 check
listen database
    bind 127.0.0.1:3306
    mode tcp
    server master 10.0.1.31:3306
"""


def certificate(zone_id: pulumi.Output[str]) -> aws.acm.Certificate:
    """The shop's certificate, and the record that proves the domain."""
    made = aws.acm.Certificate("shop", domain_name="shop.acme.example", validation_method="DNS")
    option = made.domain_validation_options[0]
    proof = aws.route53.Record(
        "shop-proof",
        zone_id=zone_id,
        name=option.resource_record_name,
        type=option.resource_record_type,
        records=[option.resource_record_value],
        ttl=60,
    )
    aws.acm.CertificateValidation("shop", certificate_arn=made.arn, validation_record_fqdns=[proof.fqdn])
    return made


def program() -> None:
    """Two zones, machines with addresses that AWS assigns."""
    vpc = aws.ec2.Vpc("shop", cidr_block="10.0.0.0/16")
    subnets = [
        aws.ec2.Subnet(f"shop-{zone}", vpc_id=vpc.id, cidr_block=f"10.0.{n}.0/24", availability_zone=f"eu-west-1{zone}")
        for n, zone in enumerate("ab")
    ]
    zone = aws.route53.Zone("shop", name="acme.example")
    web = aws.ec2.SecurityGroup(
        "web",
        vpc_id=vpc.id,
        ingress=[
            aws.ec2.SecurityGroupIngressArgs(protocol="tcp", from_port=p, to_port=p, cidr_blocks=["0.0.0.0/0"])
            for p in (80, 443, 8443)
        ],
    )
    database = aws.rds.Instance(
        "master",
        engine="mysql",
        engine_version="8.4",
        instance_class="db.t4g.large",
        allocated_storage=100,
        username="shop",
        manage_master_user_password=True,
        skip_final_snapshot=True,
    )
    text = pulumi.Output.concat(
        "#!/bin/bash\napt-get install -y haproxy nginx php-fpm\ncat > /etc/haproxy/haproxy.cfg <<'EOF'\n",
        HAPROXY,
        "EOF\necho DB_HOST=",
        database.address,
        " > /etc/shop.env\nsystemctl restart haproxy\n",
    )
    balancer = aws.lb.LoadBalancer("shop", subnets=[s.id for s in subnets], security_groups=[web.id])
    group = aws.lb.TargetGroup("shop", vpc_id=vpc.id, port=8443, protocol="HTTPS", target_type="instance")
    for n, subnet in enumerate(subnets):
        machine = aws.ec2.Instance(
            f"web-master-{n}",
            ami="ami-0f00ba4e57a71e000",
            instance_type="t3.large",
            subnet_id=subnet.id,
            associate_public_ip_address=True,
            vpc_security_group_ids=[web.id],
            user_data=text,
        )
        aws.lb.TargetGroupAttachment(f"web-{n}", target_group_arn=group.arn, target_id=machine.id)
    aws.lb.Listener(
        "shop",
        load_balancer_arn=balancer.arn,
        port=443,
        protocol="HTTPS",
        certificate_arn=certificate(zone.zone_id).arn,
        default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=group.arn)],
    )
    target = aws.route53.RecordAliasArgs(name=balancer.dns_name, zone_id=balancer.zone_id, evaluate_target_health=True)
    aws.route53.Record("shop", zone_id=zone.zone_id, name="api", type="A", aliases=[target])


ALONE = Alone(name="web-shop", program=program, idea="HAProxy, nginx and a load balancer of a shop")
