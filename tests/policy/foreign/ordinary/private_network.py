"""WireGuard for people and IPsec to a branch."""

import pulumi
import pulumi_aws as aws

from tests.policy.foreign.case import Alone

WIREGUARD = """\
#!/bin/bash
apt-get install -y wireguard
sysctl -w net.ipv4.ip_forward=1
cat > /etc/wireguard/wg0.conf <<'EOF'
[Interface]
Address = 10.99.0.1/24
ListenPort = 51820
PrivateKey = aGVyZSBpcyBhIHRleHQgb2YgMzIgYnl0ZXMgbG9uZw==
[Peer]
PublicKey = dGhlIG90aGVyIHNpZGUgb2YgdGhpcyB0dW5uZWwgIQ==
AllowedIPs = 10.99.0.2/32, 10.96.0.0/12
EOF
systemctl enable --now wg-quick@wg0
"""


def program() -> None:
    """A machine with an address of its own, and the branch's gateway."""
    vpc = aws.ec2.Vpc("hub", cidr_block="10.96.0.0/16", assign_generated_ipv6_cidr_block=True)
    subnet = aws.ec2.Subnet("hub", vpc_id=vpc.id, cidr_block="10.96.1.0/24")
    address = aws.ec2.Eip("wireguard", domain="vpc")
    group = aws.ec2.SecurityGroup("wireguard", vpc_id=vpc.id)
    aws.vpc.SecurityGroupIngressRule(
        "tunnel", security_group_id=group.id, ip_protocol="udp", from_port=51820, to_port=51820, cidr_ipv6="::/0"
    )
    aws.vpc.SecurityGroupIngressRule(
        "itself", security_group_id=group.id, ip_protocol="-1", cidr_ipv4=address.public_ip.apply(lambda ip: f"{ip}/32")
    )
    machine = aws.ec2.Instance(
        "gateway",
        ami="ami-0f00ba4e57a71e000",
        instance_type="t4g.small",
        subnet_id=subnet.id,
        source_dest_check=False,
        vpc_security_group_ids=[group.id],
        user_data=WIREGUARD,
    )
    aws.ec2.EipAssociation("wireguard", instance_id=machine.id, allocation_id=address.id)
    branch = aws.ec2.CustomerGateway("branch", bgp_asn="65010", ip_address="203.0.113.77", type="ipsec.1")
    gateway = aws.ec2.VpnGateway("hub", vpc_id=vpc.id)
    tunnel = aws.ec2.VpnConnection(
        "branch", customer_gateway_id=branch.id, vpn_gateway_id=gateway.id, type="ipsec.1", static_routes_only=True
    )
    aws.ec2.VpnConnectionRoute("branch", vpn_connection_id=tunnel.id, destination_cidr_block="10.244.0.0/16")
    pulumi.export("gateway", address.public_ip)


ALONE = Alone(name="private-network", program=program, idea="a VPN gateway with its key in user data is not a node")
