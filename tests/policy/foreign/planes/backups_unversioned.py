"""kubeadm whose bucket of backups has all its settings in itself; a script alone says what the bucket is for."""

from functools import partial

import pulumi
import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import clouds, store
from tests.policy.foreign.parts.kubeadm import Kubeadm
from tests.policy.foreign.parts.scripts import shell
from tests.policy.foreign.parts.texts import encoded

NAME, BUCKET, ENDPOINT = "fern", "acme-platform-archive-7f3a", "api.fern.acme.example"


def archive(*, versioned: bool) -> aws.s3.Bucket:
    """A bucket with inline settings, as programs written for earlier providers have it."""
    key = aws.kms.Key(
        "archive", enable_key_rotation=True, region=store.ELSEWHERE, opts=pulumi.ResourceOptions(protect=True)
    )
    default = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
        sse_algorithm="aws:kms", kms_master_key_id=key.arn
    )
    made = aws.s3.Bucket(
        "archive",
        bucket=BUCKET,
        region=store.ELSEWHERE,
        versioning=aws.s3.BucketVersioningArgs(enabled=versioned),
        lifecycle_rules=[
            aws.s3.BucketLifecycleRuleArgs(enabled=True, expiration=aws.s3.BucketLifecycleRuleExpirationArgs(days=60))
        ],
        policy=store.tls_only(BUCKET),
        opts=pulumi.ResourceOptions(protect=True),
    )
    aws.s3.BucketServerSideEncryptionConfiguration(
        "archive",
        bucket=made.bucket,
        region=store.ELSEWHERE,
        rules=[aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(apply_server_side_encryption_by_default=default)],
    )
    aws.s3.BucketPublicAccessBlock(
        "archive",
        bucket=made.bucket,
        region=store.ELSEWHERE,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )
    return made


def user_data(number: int, cluster: Kubeadm, known: str) -> str:
    """User data of one node, once the bucket's name is known."""
    return encoded(shell(number, cluster, known))


def program(*, bad: bool) -> None:
    """Three nodes; with the fault an overwritten snapshot is gone."""
    home = clouds.network(NAME, "10.63.0.0/16")
    bucket = archive(versioned=not bad)
    profile = clouds.role(NAME, BUCKET)
    group = clouds.node_group("fern-nodes", home)
    front = clouds.balancer("fern-api", home)
    clouds.alias(ENDPOINT, front)
    cluster = Kubeadm(name=NAME, endpoint=f"{ENDPOINT}:6443")
    nodes = []
    for n in range(3):
        text = bucket.bucket.apply(partial(user_data, n, cluster))
        node = clouds.machine(f"fern-{n}", n, home, group, base64=text, profile=profile.name)
        clouds.etcd_volume(f"fern-{n}", node, clouds.ZONES[n])
        nodes.append(node)
    clouds.attach(NAME, front, nodes)


PAIR = Pair(
    name="backups-unversioned",
    program=program,
    idea="the bucket of snapshots keeps no versions, so that one overwritten object is a lost backup",
    expected=frozenset({"P81"}),
)
