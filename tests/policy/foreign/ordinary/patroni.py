"""PostgreSQL with Patroni on three machines, whose etcd is on the same ones and speaks plain http."""

import pulumi_aws as aws

from tests.policy.foreign.case import Alone
from tests.policy.foreign.parts import clouds

CIDR = "10.41.0.0/16"
USER_DATA = """\
#!/bin/bash
apt-get update && apt-get install -y postgresql-17 patroni etcd-server haproxy
cat > /etc/default/etcd <<EOF
ETCD_NAME={name}
ETCD_LISTEN_PEER_URLS=http://{ip}:2380
ETCD_LISTEN_CLIENT_URLS=http://{ip}:2379,http://127.0.0.1:2379
ETCD_INITIAL_ADVERTISE_PEER_URLS=http://{ip}:2380
ETCD_ADVERTISE_CLIENT_URLS=http://{ip}:2379
ETCD_INITIAL_CLUSTER={peers}
EOF
cat > /etc/patroni/config.yml <<EOF
scope: orders
name: {name}
etcd3:
  hosts: {clients}
restapi:
  listen: {ip}:8008
bootstrap:
  dcs:
    ttl: 30
    master_start_timeout: 300
postgresql:
  listen: {ip}:5432
  connect_address: {ip}:5432
  data_dir: /var/lib/postgresql/17/main
EOF
cat > /etc/haproxy/haproxy.cfg <<EOF
defaults
  mode tcp
  timeout connect 4s
listen master
  bind *:5000
  option httpchk OPTIONS /master
{servers}
EOF
systemctl enable --now etcd patroni haproxy
"""


def databases(name: str, cidr: str = CIDR) -> None:
    """Four machines, an even number of etcd members, with open ports and magnetic disks."""
    home = clouds.network(name, cidr)
    group = aws.ec2.SecurityGroup(
        f"{name}-database",
        vpc_id=home.vpc.id,
        ingress=[clouds.rule(2379, 2380, cidrs=["10.0.0.0/8"]), clouds.rule(5000, 5432, cidrs=["10.0.0.0/8"])],
    )
    machines = {f"{name}-master-{n}": home.address(n) for n in range(4)}
    for n, (machine, address) in enumerate(machines.items()):
        zone = clouds.ZONES[n % 3]
        made = aws.ec2.Instance(
            machine,
            ami="ami-0f00ba4e57a71e000",
            instance_type="r6i.large",
            subnet_id=home.subnets[n % 3].id,
            private_ip=address,
            vpc_security_group_ids=[group.id],
            user_data=USER_DATA.format(
                name=machine,
                ip=address,
                peers=",".join(f"{other}=http://{at}:2380" for other, at in machines.items()),
                clients=",".join(f"{at}:2379" for at in machines.values()),
                servers="\n".join(f"  server {other} {at}:5432 check port 8008" for other, at in machines.items()),
            ),
        )
        disk = aws.ebs.Volume(f"{machine}-data", availability_zone=zone, size=500, type="st1")
        aws.ec2.VolumeAttachment(f"{machine}-data", instance_id=made.id, volume_id=disk.id, device_name="/dev/sdf")


def program() -> None:
    """The databases and nothing else."""
    databases("orders")


ALONE = Alone(name="patroni-with-etcd", program=program, idea="an etcd for the leader election of a database")
