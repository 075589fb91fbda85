"""etcd members on machines of their own: their options, and AWS around them."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from tests.policy.foreign.parts import clouds, setup, store
from tests.policy.foreign.parts.clouds import ZONES, Network

PKI = "/etc/etcd/pki"
DOWNLOAD = f"""\
base=https://github.com/etcd-io/etcd/releases/download/v{setup.ETCD}
curl -fsSL $base/etcd-v{setup.ETCD}-linux-amd64.tar.gz | tar -xz -C /usr/local/bin --strip-components=1
apt-get update
apt-get install -y chrony
systemctl enable --now chrony
"""


@dataclass(frozen=True)
class Member:
    """One member: its name and address."""

    name: str
    address: str


def trio(home: Network) -> tuple[Member, ...]:
    """Three members, one in each zone."""
    return tuple(Member(f"{home.name}-{n}", home.address(n)) for n in range(3))


def options(member: Member, all_members: tuple[Member, ...], token: str) -> dict[str, str]:
    """etcd's options without dashes, for a member that asks every caller for a certificate."""
    peer, client = f"https://{member.address}:2380", f"https://{member.address}:2379"
    return {
        "name": member.name,
        "data-dir": "/var/lib/etcd",
        "listen-peer-urls": peer,
        "listen-client-urls": f"{client},https://127.0.0.1:2379",
        "initial-advertise-peer-urls": peer,
        "advertise-client-urls": client,
        "initial-cluster": ",".join(f"{m.name}=https://{m.address}:2380" for m in all_members),
        "initial-cluster-state": "new",
        "initial-cluster-token": token,
        "cert-file": f"{PKI}/server.crt",
        "key-file": f"{PKI}/server.key",
        "trusted-ca-file": f"{PKI}/ca.crt",
        "client-cert-auth": "true",
        "peer-cert-file": f"{PKI}/peer.crt",
        "peer-key-file": f"{PKI}/peer.key",
        "peer-trusted-ca-file": f"{PKI}/ca.crt",
        "peer-client-cert-auth": "true",
    }


def fetch(cluster: str) -> str:
    """Shell lines that fetch this member's certificates with the machine's own role."""
    return f"""\
mkdir -p {PKI}
aws secretsmanager get-secret-value --secret-id "{cluster}/$(hostname)" --query SecretBinary --output text \\
  | base64 -d | tar -xz -C {PKI}
"""


def snapshots(bucket: str, cluster: str) -> str:
    """A cron job that saves a snapshot every four hours and copies it to the bucket."""
    return f"""\
cat > /etc/cron.d/etcd-snapshot <<'EOF'
MAILTO=root
15 */4 * * * root /usr/local/sbin/etcd-snapshot
EOF
cat > /usr/local/sbin/etcd-snapshot <<'EOF'
#!/bin/sh -eu
export ETCDCTL_CACERT={PKI}/ca.crt ETCDCTL_CERT={PKI}/server.crt ETCDCTL_KEY={PKI}/server.key
etcdctl --endpoints https://127.0.0.1:2379 snapshot save /var/tmp/etcd.db
aws s3 cp /var/tmp/etcd.db s3://{bucket}/{cluster}/$(hostname)/$(date +%s).db
EOF
chmod 755 /usr/local/sbin/etcd-snapshot
"""


@dataclass(frozen=True)
class Around:
    """AWS around the members. `clients`: the group of the API servers."""

    home: Network
    group: aws.ec2.SecurityGroup
    clients: aws.ec2.SecurityGroup
    profile: aws.iam.InstanceProfile
    bucket: str

    def machine(
        self, number: int, member: Member, *, text: str | None = None, base64: str | None = None
    ) -> aws.ec2.Instance:
        """The member's machine with a volume of its own."""
        made = clouds.machine(
            member.name, number, self.home, self.group, text=text, base64=base64, profile=self.profile.name
        )
        clouds.etcd_volume(f"{member.name}-data", made, ZONES[number])
        return made


def around(name: str, cidr: str) -> Around:
    """Network, groups, role and bucket. 2379 is open to the API servers' group, 2380 to the members' own."""
    home = clouds.network(name, cidr)
    out = aws.ec2.SecurityGroupEgressArgs(protocol="-1", from_port=0, to_port=0, cidr_blocks=["0.0.0.0/0"])
    clients = aws.ec2.SecurityGroup(f"{name}-api-servers", vpc_id=home.vpc.id, egress=[out])
    return Around(home, group(name, home, clients.id), clients, *_kept(name))


def group(name: str, home: Network, clients: pulumi.Input[str]) -> aws.ec2.SecurityGroup:
    """The members' group."""
    client = aws.ec2.SecurityGroupIngressArgs(protocol="tcp", from_port=2379, to_port=2379, security_groups=[clients])
    out = aws.ec2.SecurityGroupEgressArgs(protocol="-1", from_port=0, to_port=0, cidr_blocks=["0.0.0.0/0"])
    own = clouds.rule(2379, 2380, own=True)
    return aws.ec2.SecurityGroup(f"{name}-members", vpc_id=home.vpc.id, ingress=[client, own], egress=[out])


def _kept(name: str) -> tuple[aws.iam.InstanceProfile, str]:
    bucket = f"acme-{name}-etcd"
    store.bucket(bucket)
    return clouds.role(name, bucket), bucket


def unit(flags: Mapping[str, str], *, dashes: str = "--", join: str = "=") -> str:
    """A systemd unit that starts etcd with flags. Go takes no separate value for a boolean flag."""
    words = {name: "" if (join, value) == (" ", "true") else f"{join}{value}" for name, value in flags.items()}
    lines = " \\\n".join(f"  {dashes}{name}{value}" for name, value in words.items())
    return f"""\
[Unit]
Description=etcd
After=network-online.target
RequiresMountsFor=/var/lib/etcd
[Service]
Type=notify
ExecStart=/usr/local/bin/etcd \\
{lines}
Restart=always
LimitNOFILE=65536
[Install]
WantedBy=multi-user.target
"""
