"""Copies every snapshot to another region, so that losing a region does not lose the backups."""

import pulumi
from pulumi_aws import iam, s3

from components.aws.backups import BackupStore, expiry
from components.aws.bucket import PrivateBucket
from components.aws.key import EncryptionKey
from components.aws.policies import allow, policy, trusted_by
from components.aws.tags import tags
from plan import Plan
from plan.aws import names as aws_names


class Replica(pulumi.ComponentResource):
    """A bucket and a key in the other region, and the role with which S3 replicates. `provider`: of that region."""

    def __init__(
        self,
        name: str,
        *,
        plan: Plan,
        source: BackupStore,
        source_key: pulumi.Input[str],
        provider: pulumi.ProviderResource,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        aws = aws_names.section(plan.settings)
        bucket = aws_names.replica_bucket(plan.settings)
        super().__init__("quorate:aws:Replica", name, {"region": aws.backups.replica_region, "bucket": bucket}, opts)
        there = pulumi.ResourceOptions(parent=self, providers=[provider])
        key = EncryptionKey(f"{name}-replica", plan=plan, suffix="-replica", opts=there).key
        target = PrivateBucket(
            "etcd-backups-replica",
            plan=plan,
            bucket=bucket,
            key_arn=key.arn,
            kept=aws.protect,
            # S3 replicates locked objects only to buckets with Object Lock; each copy keeps its object's retention.
            lockable=aws.backups.object_lock_days is not None,
            opts=there,
        )
        expiry(
            target,
            "etcd-backups-replica",
            days=aws.backups.keep_days,
            opts=pulumi.ResourceOptions(parent=target, depends_on=[target.versioning]),
        )
        role = self._role(plan, source, source_key, target, key.arn)
        s3.BucketReplicationConfig(
            "etcd-backups",
            bucket=source.store.bucket.bucket,
            role=role.arn,
            rules=[
                {
                    "id": "elsewhere",
                    "status": "Enabled",
                    "filter": {"prefix": "snapshots/"},
                    "delete_marker_replication": {"status": "Disabled"},
                    "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}},
                    "destination": {
                        "bucket": target.bucket.arn,
                        "storage_class": "STANDARD_IA",
                        "encryption_configuration": {"replica_kms_key_id": key.arn},
                    },
                }
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[source.store.versioning, target.versioning]),
        )
        self.register_outputs({"region": aws.backups.replica_region, "bucket": bucket})

    def _role(
        self,
        plan: Plan,
        source: BackupStore,
        source_key: pulumi.Input[str],
        target: PrivateBucket,
        target_key: pulumi.Input[str],
    ) -> iam.Role:
        below = pulumi.ResourceOptions(parent=self)
        role = iam.Role(
            "replication",
            name=aws_names.role(plan.settings, "replication"),
            assume_role_policy=trusted_by("s3.amazonaws.com"),
            tags=tags(plan, "replication"),
            opts=below,
        )
        text = pulumi.Output.all(source.store.bucket.arn, source_key, target.bucket.arn, target_key).apply(
            lambda arns: policy(
                allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], [arns[0]]),
                allow(
                    [
                        "s3:GetObjectVersionForReplication",
                        "s3:GetObjectVersionAcl",
                        "s3:GetObjectVersionTagging",
                        # For locked objects.
                        "s3:GetObjectRetention",
                        "s3:GetObjectLegalHold",
                    ],
                    [f"{arns[0]}/*"],
                ),
                allow(["s3:ReplicateObject", "s3:ReplicateTags"], [f"{arns[2]}/*"]),
                allow(["kms:Decrypt"], [arns[1]]),
                allow(["kms:Encrypt", "kms:GenerateDataKey"], [arns[3]]),
            )
        )
        iam.RolePolicy("replication", name="copy", role=role.name, policy=text, opts=below)
        return role
