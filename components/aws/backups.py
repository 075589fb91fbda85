"""The bucket of etcd's snapshots: nodes can only add objects, and no user overwrites them."""

import pulumi
from pulumi_aws import s3

from components.aws.bucket import PrivateBucket
from plan import Plan
from plan.aws import names as aws_names

ABORT_DAYS = 2  # days after which the rest of a failed upload is removed


class BackupStore(pulumi.ComponentResource):
    """`store` is the bucket. Snapshots expire after `keepDays`, and overwritten or deleted versions a week later."""

    def __init__(
        self,
        name: str,
        *,
        plan: Plan,
        key_arn: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        aws = aws_names.section(plan.settings)
        facts = {
            "bucket": aws_names.backup_bucket(plan.settings),
            "everyHours": aws.backups.every_hours,
            "keepDays": aws.backups.keep_days,
            "replicaRegion": aws.backups.replica_region,
        }
        super().__init__("quorate:aws:BackupStore", name, facts, opts)
        self.store = PrivateBucket(
            "etcd-backups",
            plan=plan,
            bucket=aws_names.backup_bucket(plan.settings),
            key_arn=key_arn,
            kept=aws.protect,
            lockable=aws.backups.object_lock_days is not None,
            opts=pulumi.ResourceOptions(parent=self),
        )
        after = pulumi.ResourceOptions(parent=self, depends_on=[self.store.versioning])
        expiry(self.store, "etcd-backups", days=aws.backups.keep_days, opts=after)
        if aws.backups.object_lock_days is not None:
            s3.BucketObjectLockConfiguration(
                "etcd-backups",
                bucket=self.store.bucket.bucket,
                # Not even the account's administrator can shorten it; GOVERNANCE can be bypassed with a permission.
                rule={"default_retention": {"mode": "COMPLIANCE", "days": aws.backups.object_lock_days}},
                opts=after,
            )
        self.register_outputs(facts)


def expiry(store: PrivateBucket, name: str, *, days: int, opts: pulumi.ResourceOptions) -> None:
    """Remove snapshots after this many days."""
    s3.BucketLifecycleConfiguration(
        name,
        bucket=store.bucket.bucket,
        rules=[
            {
                "id": "forget",
                "status": "Enabled",
                "filter": {"prefix": "snapshots/"},
                "expiration": {"days": days},
                "noncurrent_version_expiration": {"noncurrent_days": 7},
                "abort_incomplete_multipart_upload": {"days_after_initiation": ABORT_DAYS},
            }
        ],
        opts=opts,
    )
