"""Vault with its own storage on three machines, behind a network load balancer, with certificates by pulumi-tls."""

import pulumi_aws as aws
import pulumi_tls as tls

from tests.policy.foreign.case import Alone

NODES = ["10.18.0.11", "10.18.0.12", "10.18.0.13"]


def configuration(number: int) -> str:
    """User data of one machine."""
    peers = "".join(f'  retry_join {{ leader_api_addr = "https://{address}:8200" }}\n' for address in NODES)
    return f"""#!/bin/bash
apt-get install -y vault
cat > /etc/vault.d/vault.hcl <<'EOF'
api_addr = "https://{NODES[number]}:8200"
cluster_addr = "https://{NODES[number]}:8201"
storage "raft" {{
  path = "/opt/vault/data"
  node_id = "vault-{number}"
{peers}}}
listener "tcp" {{
  address = "0.0.0.0:8200"
  tls_cert_file = "/opt/vault/tls/server.crt"
  tls_key_file = "/opt/vault/tls/server.key"
}}
EOF
systemctl enable --now vault
"""


def program() -> None:
    """A certificate that looks like a member's, but whose machines do not run etcd."""
    key = tls.PrivateKey("vault-ca", algorithm="RSA", rsa_bits=2048)
    authority = tls.SelfSignedCert(
        "vault-ca",
        private_key_pem=key.private_key_pem,
        subject=tls.SelfSignedCertSubjectArgs(common_name="vault-ca"),
        is_ca_certificate=True,
        validity_period_hours=175200,
        allowed_uses=["cert_signing"],
    )
    aws.kms.Key("unseal")
    vpc = aws.ec2.Vpc("vault", cidr_block="10.18.0.0/16")
    subnet = aws.ec2.Subnet("vault", vpc_id=vpc.id, cidr_block="10.18.0.0/24")
    front = aws.lb.LoadBalancer("vault", load_balancer_type="network", internal=True, subnets=[subnet.id])
    group = aws.lb.TargetGroup(
        "vault",
        vpc_id=vpc.id,
        port=8200,
        protocol="TCP",
        health_check=aws.lb.TargetGroupHealthCheckArgs(protocol="TCP", port="8201"),
    )
    forward = aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=group.arn)
    aws.lb.Listener("vault", load_balancer_arn=front.arn, port=443, protocol="TCP", default_actions=[forward])
    for n, address in enumerate(NODES):
        leaf = tls.PrivateKey(f"vault-{n}", algorithm="ECDSA", ecdsa_curve="P256")
        request = tls.CertRequest(
            f"vault-{n}",
            private_key_pem=leaf.private_key_pem,
            subject=tls.CertRequestSubjectArgs(common_name=f"vault-{n}"),
            dns_names=[f"vault-{n}", "localhost"],
            ip_addresses=[address],
        )
        tls.LocallySignedCert(
            f"vault-{n}",
            cert_request_pem=request.cert_request_pem,
            ca_private_key_pem=key.private_key_pem,
            ca_cert_pem=authority.cert_pem,
            validity_period_hours=43800,
            allowed_uses=["digital_signature", "server_auth", "client_auth"],
        )
        machine = aws.ec2.Instance(
            f"vault-{n}",
            ami="ami-0f00ba4e57a71e000",
            instance_type="m6i.large",
            subnet_id=subnet.id,
            private_ip=address,
            user_data=configuration(n),
        )
        aws.lb.TargetGroupAttachment(f"vault-{n}", target_group_arn=group.arn, target_id=machine.id)


ALONE = Alone(name="secret-store", program=program, idea="Vault's quorum has certificates like etcd's and is not etcd")
