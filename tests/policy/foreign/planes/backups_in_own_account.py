"""kubeadm whose backups go to the region of the cluster, through a provider with a role of its own."""

import pulumi
import pulumi_aws as aws

from tests.policy.foreign.answers import ACCOUNT, REGION
from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import clouds, store
from tests.policy.foreign.parts.kubeadm import Kubeadm
from tests.policy.foreign.parts.scripts import shell

NAME, BUCKET, ENDPOINT = "larch", "acme-larch-snapshots", "api.larch.acme.example"
ARCHIVE = "310987654322"


def provider(name: str, account: str) -> aws.Provider:
    """A deployment role of one account."""
    role = f"arn:aws:iam::{account}:role/deploy"
    return aws.Provider(name, region=REGION, assume_roles=[aws.ProviderAssumeRoleArgs(role_arn=role)])


def program(*, bad: bool) -> None:
    """Three nodes; with the fault the role of the archive is one of the cluster's own account."""
    archive = provider("archive", ACCOUNT if bad else ARCHIVE)
    store.bucket(BUCKET, region=None, provider=archive)
    cluster_role = pulumi.ResourceOptions(provider=provider("cluster", ACCOUNT))
    home = clouds.network(NAME, "10.66.0.0/16")
    profile = clouds.role(NAME, BUCKET)
    group = clouds.node_group("larch-nodes", home)
    front = clouds.balancer("larch-api", home)
    clouds.alias(ENDPOINT, front)
    cluster = Kubeadm(name=NAME, endpoint=f"{ENDPOINT}:6443")
    nodes = []
    for n in range(3):
        text = shell(n, cluster, BUCKET)
        node = clouds.machine(f"larch-{n}", n, home, group, text=text, profile=profile.name, opts=cluster_role)
        clouds.etcd_volume(f"larch-{n}", node, clouds.ZONES[n])
        nodes.append(node)
    clouds.attach(NAME, front, nodes)


PAIR = Pair(
    name="backups-in-own-account",
    program=program,
    idea="the snapshots are in the region of the cluster, and the archive's role is one of the same account",
    expected=frozenset({"P80"}),
)
