"""PostgreSQL with Patroni, HAProxy and Keepalived on three machines, and its backups."""

import pulumi_aws as aws

from tests.policy.foreign.case import Alone

NODES = ["10.15.0.11", "10.15.0.12", "10.15.0.13"]
BUCKET = "acme-patroni-etcd-backups"


def cloud_config(number: int) -> str:
    """User data: every machine claims the address with the same priority, and nothing watches HAProxy."""
    servers = "".join(f"          server pg{n} {address}:5432 check port 8008\n" for n, address in enumerate(NODES))
    return f"""#cloud-config
packages: [postgresql-17, patroni, haproxy, keepalived, pgbackrest]
write_files:
  - path: /etc/patroni/config.yml
    content: |
      scope: orders
      name: pg{number}
      consul: {{host: "127.0.0.1:8500", register_service: true}}
      restapi: {{listen: "0.0.0.0:8008"}}
      bootstrap: {{dcs: {{ttl: 30, loop_wait: 10, synchronous_mode: true}}}}
      postgresql: {{listen: "0.0.0.0:5432", data_dir: /var/lib/postgresql/17/main}}
  - path: /etc/haproxy/haproxy.cfg
    content: |
      defaults
          mode tcp
      listen primary
          bind *:5000
          option httpchk OPTIONS /master
{servers}
  - path: /etc/keepalived/keepalived.conf
    content: |
      vrrp_instance DB {{
        state MASTER
        interface ens5
        virtual_router_id 51
        priority 100
        authentication {{
          auth_type PASS
          auth_pass orders
        }}
        virtual_ipaddress {{
          10.15.0.10
        }}
      }}
  - path: /etc/cron.d/backup
    content: |
      0 2 * * 0 postgres pgbackrest --stanza=orders --repo1-s3-bucket={BUCKET} backup
runcmd:
  - systemctl enable --now patroni haproxy keepalived
"""


def program() -> None:
    """Three machines in one zone and a bucket with little protection."""
    aws.s3.Bucket("backups", bucket=BUCKET, force_destroy=True)
    group = aws.ec2.SecurityGroup(
        "postgres",
        ingress=[
            aws.ec2.SecurityGroupIngressArgs(protocol="tcp", from_port=5432, to_port=5432, cidr_blocks=["10.0.0.0/8"])
        ],
    )
    for n, address in enumerate(NODES):
        machine = aws.ec2.Instance(
            f"postgres-master-{n}",
            ami="ami-0f00ba4e57a71e000",
            instance_type="r7i.2xlarge",
            availability_zone="eu-west-1a",
            private_ip=address,
            vpc_security_group_ids=[group.id],
            user_data=cloud_config(n),
        )
        volume = aws.ebs.Volume(f"postgres-data-{n}", availability_zone="eu-west-1a", size=500, type="gp2")
        aws.ec2.VolumeAttachment(
            f"postgres-data-{n}", instance_id=machine.id, volume_id=volume.id, device_name="/dev/sdf"
        )


ALONE = Alone(name="postgres", program=program, idea="Keepalived, HAProxy and a backups bucket of a database")
