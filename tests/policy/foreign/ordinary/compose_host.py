"""One host with Docker Compose, set up over SSH."""

import pulumi_aws as aws

from tests.policy.foreign.case import Alone
from tests.policy.foreign.parts.command import Remote

COMPOSE = """\
services:
  proxy:
    image: traefik:latest
    command: ["--providers.docker=true", "--entrypoints.web.address=:80", "--api.insecure=true"]
    ports: ["80:80", "8080:8080", "6379:6379"]
    volumes: ["/var/run/docker.sock:/var/run/docker.sock:ro"]
  wiki:
    image: requarks/wiki:latest
    environment: {DB_TYPE: postgres, DB_HOST: db, SECURE: "false"}
    labels: ["traefik.http.routers.wiki.rule=Host(`wiki.acme.example`)"]
  db:
    image: postgres
    environment: [POSTGRES_PASSWORD_FILE=/run/secrets/db]
    volumes: ["data:/var/lib/postgresql/data"]
volumes: {data: {}}
"""


def program() -> None:
    """The host, its address and what runs on it."""
    group = aws.ec2.SecurityGroup(
        "compose",
        ingress=[aws.ec2.SecurityGroupIngressArgs(protocol="-1", from_port=0, to_port=0, cidr_blocks=["0.0.0.0/0"])],
    )
    host = aws.ec2.Instance(
        "compose",
        ami="ami-0f00ba4e57a71e000",
        instance_type="t3.medium",
        vpc_security_group_ids=[group.id],
        user_data="#cloud-config\npackages: [docker.io, docker-compose-v2]\nswap: {filename: /swap, size: 2G}\n",
    )
    install = f"mkdir -p /srv/wiki\ncat > /srv/wiki/compose.yaml <<'EOF'\n{COMPOSE}EOF\n"
    Remote("wiki", host=host.public_ip, create=install + "docker compose -f /srv/wiki/compose.yaml up -d\n")
    aws.route53.Record("wiki", zone_id="Z0F0RE1GN", name="wiki", type="A", ttl=60, records=[host.public_ip])


ALONE = Alone(name="compose-host", program=program, idea="containers that are latest on a host that is not a node")
