"""A bucket of backups in another region, with every setting as a resource of its own."""

import json

import pulumi
import pulumi_aws as aws

ELSEWHERE = "eu-central-1"


def bucket(
    name: str,
    *,
    versioning: str = "Enabled",
    private: bool = True,
    region: str | None = ELSEWHERE,
    provider: aws.Provider | None = None,
) -> aws.s3.Bucket:
    """`name` is the bucket's own name, by which a backup script calls it.

    `region=None`: where the stack is. `provider`: of the account that the bucket is in.
    """
    there = pulumi.ResourceOptions(provider=provider)
    protected = pulumi.ResourceOptions(protect=True, provider=provider)
    made = aws.s3.Bucket(name, bucket=name, region=region, opts=protected)
    key = aws.kms.Key(
        f"{name}-key", enable_key_rotation=True, deletion_window_in_days=30, region=region, opts=protected
    )
    aws.s3.BucketVersioning(
        name,
        bucket=made.id,
        region=region,
        versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status=versioning),
        opts=there,
    )
    default = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
        sse_algorithm="aws:kms", kms_master_key_id=key.arn
    )
    aws.s3.BucketServerSideEncryptionConfiguration(
        name,
        bucket=made.id,
        region=region,
        rules=[
            aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                apply_server_side_encryption_by_default=default, bucket_key_enabled=True
            )
        ],
        opts=there,
    )
    aws.s3.BucketPublicAccessBlock(
        name,
        bucket=made.id,
        region=region,
        block_public_acls=private,
        block_public_policy=private,
        ignore_public_acls=private,
        restrict_public_buckets=private,
        opts=there,
    )
    expiry = aws.s3.BucketLifecycleConfigurationRuleArgs(
        id="forget",
        status="Enabled",
        filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
        expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=90),
        noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
            noncurrent_days=30
        ),
    )
    aws.s3.BucketLifecycleConfiguration(name, bucket=made.id, region=region, rules=[expiry], opts=there)
    aws.s3.BucketPolicy(name, bucket=made.id, region=region, policy=tls_only(name), opts=there)
    return made


def tls_only(name: str) -> str:
    """A bucket policy that refuses requests without TLS."""
    statement = {
        "Sid": "TLSOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
