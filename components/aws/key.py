"""The environment's KMS key: volumes, secrets, files and backups are encrypted with it."""

import pulumi
from pulumi_aws import kms

from components.aws.tags import tags
from plan import Plan
from plan.aws import names as aws_names

LONGEST_WAIT, SHORTEST_WAIT = 30, 7  # days until KMS destroys a deleted key


def key_arn(name: str, *, plan: Plan, opts: pulumi.ResourceOptions) -> pulumi.Input[str]:
    """The ARN of the given key, or of a new one."""
    given = aws_names.section(plan.settings).kms_key_arn
    return given or EncryptionKey(name, plan=plan, opts=opts).key.arn


class EncryptionKey(pulumi.ComponentResource):
    """Create a symmetric key that AWS rotates every year, with a readable alias."""

    def __init__(self, name: str, *, plan: Plan, suffix: str = "", opts: pulumi.ResourceOptions | None = None) -> None:
        kept = aws_names.section(plan.settings).protect
        super().__init__("quorate:aws:EncryptionKey", name, {}, opts)
        self.key = kms.Key(
            name,
            description=f"Quorate, cluster {plan.settings.cluster}: etcd volumes, secrets, files, backups",
            enable_key_rotation=True,
            # All data that it encrypted would be lost with the key.
            deletion_window_in_days=LONGEST_WAIT if kept else SHORTEST_WAIT,
            tags=tags(plan, f"key{suffix}"),
            opts=pulumi.ResourceOptions(parent=self, protect=kept),
        )
        kms.Alias(
            name,
            name=f"alias/quorate-{plan.settings.cluster}{suffix}",
            target_key_id=self.key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
