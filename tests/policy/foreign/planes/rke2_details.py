"""RKE2 servers with embedded etcd, configured by cloud-config; one balancer for the API and for registration."""

import pulumi_aws as aws
import yaml

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts.around import around
from tests.policy.foreign.parts.texts import as_yaml

ENDPOINT = "rke.moor.acme.example"
AUDIT = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n"
FETCH = "aws secretsmanager get-secret-value --secret-id moor/token --query SecretString --output text"


def settings(number: int, bucket: str, token: dict[str, object]) -> dict[str, object]:
    """config.yaml of one server; the first one has no server to join."""
    joined = {"server": f"https://{ENDPOINT}:9345"} if number else {}
    return {
        **token,
        "node-name": f"moor-{number + 1}",
        "tls-san": [ENDPOINT],
        "cni": "canal",
        "secrets-encryption-provider": "secretbox",
        "etcd-snapshot-schedule-cron": "0 */6 * * *",
        "etcd-s3": True,
        "etcd-s3-bucket": bucket,
        "audit-policy-file": "/etc/rancher/rke2/audit-policy.yaml",
        "node-taint": ["CriticalAddonsOnly=true:NoExecute"],
        **joined,
    }


def cloud_config(number: int, bucket: str, *, written: bool = False) -> str:
    """User data of one server. `written`: the cluster's token is in it."""
    token: dict[str, object] = {"token": "moor-8c1f30d2"} if written else {"token-file": "/etc/rancher/rke2/token"}
    config = as_yaml(settings(number, bucket, token))
    document = {
        "packages": ["chrony", "awscli"],
        "write_files": [
            {
                "path": "/etc/rancher/rke2/config.yaml",
                "permissions": "0600",
                "content": config,
            },
            {"path": "/etc/rancher/rke2/audit-policy.yaml", "content": AUDIT},
        ],
        "runcmd": [
            "systemctl enable --now chronyd",
            f"{FETCH} > /etc/rancher/rke2/token",
            "mkfs.xfs /dev/nvme1n1; mkdir -p /var/lib/rancher/rke2/server/db",
            "mount /dev/nvme1n1 /var/lib/rancher/rke2/server/db",
            "curl -sfL https://get.rke2.io | INSTALL_RKE2_VERSION=v1.36.3+rke2r1 INSTALL_RKE2_TYPE=server sh -",
            "systemctl enable --now rke2-server.service",
        ],
    }
    return "#cloud-config\n" + yaml.safe_dump(document, width=1000)


def cluster(count: int, *, written: bool = False) -> None:
    """So many servers."""
    place = around("moor", ENDPOINT)
    servers = [place.node(n, text=cloud_config(n, place.bucket, written=written)) for n in range(count)]
    place.behind(servers)
    registration = aws.lb.TargetGroup("moor-9345", port=9345, protocol="TCP", vpc_id=place.home.vpc.id)
    forward = aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=registration.arn)
    front = place.front.load_balancer
    aws.lb.Listener("moor-9345", load_balancer_arn=front.arn, port=9345, protocol="TCP", default_actions=[forward])
    for n, server in enumerate(servers):
        aws.lb.TargetGroupAttachment(
            f"moor-9345-{n}", target_group_arn=registration.arn, target_id=server.id, port=9345
        )


def four(*, bad: bool) -> None:
    """Three servers, and with the fault a fourth one."""
    cluster(4 if bad else 3)


def token(*, bad: bool) -> None:
    """Three servers, with the fault the token in their user data."""
    cluster(3, written=bad)


PAIRS = (
    Pair(
        name="rke2-four-servers",
        program=four,
        idea="four servers are four members of the etcd inside them",
        expected=frozenset({"P01"}),
        changed=5,
    ),
    Pair(
        name="rke2-token-in-user-data",
        program=token,
        idea="any reader of user data can join the cluster as a server",
        expected=frozenset({"P37"}),
    ),
)
