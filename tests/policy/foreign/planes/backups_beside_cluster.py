"""kubeadm whose backups are replicated to another region; a bucket's own resource says so."""

import json

import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import clouds, store
from tests.policy.foreign.parts.kubeadm import Kubeadm
from tests.policy.foreign.parts.scripts import shell

NAME, BUCKET, COPY, ENDPOINT = "ivy", "acme-ivy-etcd", "acme-ivy-etcd-copy", "api.ivy.acme.example"


def replicate(source: aws.s3.Bucket, copy: aws.s3.Bucket) -> None:
    """Copy every object to the other region."""
    trust = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = aws.iam.Role("ivy-copy", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    aws.s3.BucketReplicationConfig(
        NAME,
        bucket=source.id,
        role=role.arn,
        rules=[
            aws.s3.BucketReplicationConfigRuleArgs(
                id="everything",
                status="Enabled",
                filter=aws.s3.BucketReplicationConfigRuleFilterArgs(prefix=""),
                delete_marker_replication=aws.s3.BucketReplicationConfigRuleDeleteMarkerReplicationArgs(
                    status="Disabled"
                ),
                destination=aws.s3.BucketReplicationConfigRuleDestinationArgs(bucket=copy.arn),
            )
        ],
    )


def program(*, bad: bool) -> None:
    """Three nodes; with the fault the backups stay in the cluster's region and account."""
    home = clouds.network(NAME, "10.64.0.0/16")
    bucket = store.bucket(BUCKET, region=None)
    copy = store.bucket(COPY)
    if not bad:
        replicate(bucket, copy)
    profile = clouds.role(NAME, BUCKET)
    group = clouds.node_group("ivy-nodes", home)
    front = clouds.balancer("ivy-api", home)
    clouds.alias(ENDPOINT, front)
    cluster = Kubeadm(name=NAME, endpoint=f"{ENDPOINT}:6443")
    nodes = []
    for n in range(3):
        text = shell(n, cluster, BUCKET)
        node = clouds.machine(f"ivy-{n}", n, home, group, text=text, profile=profile.name)
        clouds.etcd_volume(f"ivy-{n}", node, clouds.ZONES[n])
        nodes.append(node)
    clouds.attach(NAME, front, nodes)


PAIR = Pair(
    name="backups-beside-cluster",
    program=program,
    idea="the snapshots lie in the region and account of the cluster and are copied nowhere",
    expected=frozenset({"P80"}),
)
