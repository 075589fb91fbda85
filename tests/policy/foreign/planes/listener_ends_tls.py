"""kubeadm with the API on 443; the balancer belongs to another team and is known by its ARN as plain text."""

import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import clouds, store
from tests.policy.foreign.parts.kubeadm import Kubeadm
from tests.policy.foreign.parts.scripts import shell
from tests.policy.foreign.parts.texts import encoded

NAME, BUCKET, ENDPOINT = "quay", "acme-quay-snapshots", "kube.quay.acme.example"
OWNED = "arn:aws:elasticloadbalancing:eu-west-1:210987654321:"
FRONT = f"{OWNED}loadbalancer/net/shared-internal/50dc6c495c0c9188"


def listener(group: aws.lb.TargetGroup, *, ends_tls: bool) -> None:
    """The API's listener on the shared balancer."""
    certificate = aws.acm.get_certificate(domain="*.quay.acme.example", statuses=["ISSUED"])
    aws.lb.Listener(
        NAME,
        load_balancer_arn=FRONT,
        port=443,
        protocol="TLS" if ends_tls else "TCP",
        certificate_arn=certificate.arn if ends_tls else None,
        ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06" if ends_tls else None,
        default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=group.arn)],
    )


def program(*, bad: bool) -> None:
    """Three nodes; with the fault TLS ends at the balancer."""
    home = clouds.network(NAME, "10.54.0.0/16")
    store.bucket(BUCKET)
    profile = clouds.role(NAME, BUCKET)
    group = clouds.node_group("quay-nodes", home)
    cluster = Kubeadm(name=NAME, endpoint=f"{ENDPOINT}:443")
    targets = aws.lb.TargetGroup(
        NAME,
        vpc_id=home.vpc.id,
        port=6443,
        protocol="TLS" if bad else "TCP",
        target_type="ip",
        preserve_client_ip="false",
        health_check=clouds.readyz(),
    )
    listener(targets, ends_tls=bad)
    for n in range(3):
        text = shell(n, cluster, BUCKET)
        node = clouds.machine(f"quay-{n}", n, home, group, base64=encoded(text), profile=profile.name)
        clouds.etcd_volume(f"quay-{n}", node, clouds.ZONES[n])
        aws.lb.TargetGroupAttachment(f"quay-{n}", target_group_arn=targets.arn, target_id=node.private_ip)


PAIR = Pair(
    name="listener-ends-tls",
    program=program,
    idea="TLS ends at the balancer, so that client certificates never reach the API servers",
    expected=frozenset({"P23"}),
)
