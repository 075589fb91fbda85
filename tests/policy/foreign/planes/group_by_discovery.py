"""etcd in containers that find each other by DNS, and kubeadm's API servers in a group, all by gzip'd templates."""

import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import clouds, external, members
from tests.policy.foreign.parts.clouds import ZONES
from tests.policy.foreign.parts.kubeadm import Kubeadm
from tests.policy.foreign.parts.texts import compressed

ENDPOINT, ZONE = "k8s.reef.acme.example", "reef.acme.example"
ETCD = r"""#!/usr/bin/env bash
TOKEN=$(curl -sX PUT http://169.254.169.254/latest/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 300')
IP=$(curl -s -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/latest/meta-data/local-ipv4)
HOST=$(hostname -s).reef.acme.example
apt-get update && apt-get install -y docker.io chrony awscli etcd-client
systemctl enable --now docker chrony
docker run -d --name etcd --restart always --network host \
  -v /var/lib/etcd:/var/lib/etcd -v /etc/etcd/tls:/etc/etcd/tls:ro \
  registry.k8s.io/etcd:3.6.6-0 etcd \
  --name "$(hostname -s)" --data-dir /var/lib/etcd/data \
  --discovery-srv reef.acme.example --initial-cluster-token reef --initial-cluster-state new \
  --initial-advertise-peer-urls "https://$HOST:2380" --listen-peer-urls "https://$IP:2380" \
  --listen-client-urls "https://$IP:2379,https://127.0.0.1:2379" --advertise-client-urls "https://$HOST:2379" \
  --cert-file /etc/etcd/tls/server.crt --key-file /etc/etcd/tls/server.key \
  --trusted-ca-file /etc/etcd/tls/ca.crt --client-cert-auth \
  --peer-cert-file /etc/etcd/tls/peer.crt --peer-key-file /etc/etcd/tls/peer.key \
  --peer-trusted-ca-file /etc/etcd/tls/ca.crt --peer-client-cert-auth
cat > /etc/cron.hourly/etcd-backup <<'EOF'
#!/bin/sh
f=/tmp/etcd-$(date +%s).db
etcdctl --endpoints https://127.0.0.1:2379 --cacert /etc/etcd/tls/ca.crt \
  --cert /etc/etcd/tls/server.crt --key /etc/etcd/tls/server.key snapshot save $f
aws s3 cp $f s3://acme-reef-etcd/reef/$(hostname -s)/
EOF
chmod 755 /etc/cron.hourly/etcd-backup
"""


def template(
    name: str, text: str, group: aws.ec2.SecurityGroup, profile: aws.iam.InstanceProfile
) -> aws.ec2.LaunchTemplate:
    """A launch template with compressed user data."""
    return aws.ec2.LaunchTemplate(
        name,
        image_id="ami-0f00ba4e57a71e000",
        instance_type="m6i.large",
        user_data=compressed(text),
        vpc_security_group_ids=[group.id],
        iam_instance_profile=aws.ec2.LaunchTemplateIamInstanceProfileArgs(name=profile.name),
        metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
            http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
        ),
    )


def scaled(name: str, of: aws.ec2.LaunchTemplate, home: clouds.Network, behind: clouds.Balancer | None = None) -> None:
    """Three machines of a template in an auto-scaling group."""
    aws.autoscaling.Group(
        name,
        min_size=3,
        max_size=3,
        vpc_zone_identifiers=[subnet.id for subnet in home.subnets],
        launch_template=aws.autoscaling.GroupLaunchTemplateArgs(id=of.id, version="$Latest"),
        target_group_arns=[behind.group.arn] if behind else None,
    )


def program(*, bad: bool) -> None:
    """Members by one template: an auto-scaling group with the fault, three instances with disks without it."""
    place = members.around("reef", "10.48.0.0/16")
    srv = [f"0 0 2380 etcd-{zone[-1]}.{ZONE}." for zone in ZONES]
    aws.route53.Record(
        "srv", zone_id="Z0F0RE1GN", name=f"_etcd-server-ssl._tcp.{ZONE}", type="SRV", ttl=60, records=srv
    )
    etcd = template("reef-etcd", ETCD, place.group, place.profile)
    if bad:
        scaled("reef-etcd", etcd, place.home)
    for n, zone in enumerate(() if bad else ZONES):
        name = f"etcd-{zone[-1]}"
        made = aws.ec2.Instance(
            name,
            launch_template=aws.ec2.InstanceLaunchTemplateArgs(id=etcd.id, version="$Latest"),
            subnet_id=place.home.subnets[n].id,
            private_ip=place.home.address(n),
        )
        clouds.etcd_volume(name, made, zone)
        aws.route53.Record(
            name, zone_id="Z0F0RE1GN", name=f"{name}.{ZONE}", type="A", ttl=60, records=[made.private_ip]
        )
    front = clouds.balancer("reef", place.home, port=443)
    clouds.alias(ENDPOINT, front)
    listed = [f"https://etcd-{zone[-1]}.{ZONE}:2379" for zone in ZONES]
    client = external.CLIENT
    pki = {"caFile": "/etc/kubernetes/pki/etcd/ca.crt", "certFile": f"{client}.crt", "keyFile": f"{client}.key"}
    cluster = Kubeadm(name="reef", endpoint=f"{ENDPOINT}:443", etcd={"external": {"endpoints": listed, **pki}})
    node = template("reef-node", external.script(cluster), place.clients, place.profile)
    scaled("reef-nodes", node, place.home, front)


PAIR = Pair(
    name="discovered-members-in-a-group",
    program=program,
    idea="an auto-scaling group replaces members that find each other by DNS",
    expected=frozenset({"P15"}),
    changed=13,
)
