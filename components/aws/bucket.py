"""A bucket with this project's defaults: versioned, encrypted with the environment's key, private, TLS only."""

import pulumi
from pulumi_aws import s3

from components.aws.policies import tls_only
from components.aws.tags import tags
from plan import Plan


class PrivateBucket(pulumi.ComponentResource):
    """`bucket` and its `versioning`, on which lifecycle rules and replication depend."""

    def __init__(
        self,
        name: str,
        *,
        plan: Plan,
        bucket: str,
        key_arn: pulumi.Input[str],
        kept: bool,
        lockable: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("quorate:aws:PrivateBucket", name, {"bucket": bucket}, opts)
        below = pulumi.ResourceOptions(parent=self)
        self.bucket = s3.Bucket(
            name,
            bucket=bucket,
            # A bucket with reproducible content is destroyed together with the objects in it.
            force_destroy=not kept,
            object_lock_enabled=lockable or None,
            tags=tags(plan, name),
            opts=pulumi.ResourceOptions(parent=self, protect=kept),
        )
        self.versioning = s3.BucketVersioning(
            name, bucket=self.bucket.bucket, versioning_configuration={"status": "Enabled"}, opts=below
        )
        s3.BucketServerSideEncryptionConfiguration(
            name,
            bucket=self.bucket.bucket,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": key_arn,
                    },
                    "bucket_key_enabled": True,
                }
            ],
            opts=below,
        )
        s3.BucketPublicAccessBlock(
            name,
            bucket=self.bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=below,
        )
        s3.BucketPolicy(name, bucket=self.bucket.bucket, policy=self.bucket.arn.apply(tls_only), opts=below)
        self.register_outputs({"bucket": bucket})
