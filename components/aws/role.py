"""The permissions of one instance: read its files and secret, add its backups, report its state, send metrics."""

import pulumi
from pulumi_aws import iam

from components.aws.policies import Statement, allow, policy, trusted_by
from components.aws.tags import tags
from plan import Node, Plan
from plan.aws import names as aws_names
from plan.aws.places import partition

METRICS = "Quorate"  # the namespace of the nodes' metrics in CloudWatch
SESSIONS = "policy/AmazonSSMManagedInstanceCore"


class NodeRole(pulumi.ComponentResource):
    """`profile` is the instance's profile; `ready`: the permissions that it needs before it boots."""

    def __init__(
        self,
        node: Node,
        *,
        plan: Plan,
        files_arn: pulumi.Input[str],
        backups_arn: pulumi.Input[str],
        secret_arn: pulumi.Input[str],
        key_arn: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = aws_names.role(plan.settings, node.name)
        super().__init__("quorate:aws:NodeRole", node.name, {"name": name}, opts)
        below = pulumi.ResourceOptions(parent=self)
        role = iam.Role(
            node.name,
            name=name,
            assume_role_policy=trusted_by("ec2.amazonaws.com"),
            tags=tags(plan, f"{node.name}-role"),
            opts=below,
        )
        text = pulumi.Output.all(files_arn, backups_arn, secret_arn, key_arn).apply(
            lambda arns: _policy(plan, node, files=arns[0], backups=arns[1], secret=arns[2], key=arns[3])
        )
        own = iam.RolePolicy(node.name, name="own-files", role=role.name, policy=text, opts=below)
        arn = f"arn:{partition(aws_names.section(plan.settings).region).name}:iam::aws:{SESSIONS}"
        sessions = iam.RolePolicyAttachment(node.name, role=role.name, policy_arn=arn, opts=below)
        self.profile = iam.InstanceProfile(
            node.name, name=name, role=role.name, tags=tags(plan, f"{node.name}-profile"), opts=below
        )
        self.ready: list[pulumi.Resource] = [own, sessions, self.profile]
        self.register_outputs({"name": name})


def _policy(plan: Plan, node: Node, *, files: str, backups: str, secret: str, key: str) -> str:
    marker = aws_names.begun_key(node.name)
    region = aws_names.section(plan.settings).region
    services = [f"{service}.{region}.{partition(region).dns_suffix}" for service in ("secretsmanager", "s3")]
    return policy(
        allow(["secretsmanager:GetSecretValue"], [secret]),
        allow(["s3:GetObject"], [f"{files}/nodes/{node.name}/*", f"{files}/agent/*"]),
        # The node lists the marker's key, because S3 reports a missing object as access denied.
        allow(["s3:ListBucket"], [files], {"StringEquals": {"s3:prefix": marker}}),
        allow(["s3:PutObject"], [f"{files}/{marker}", f"{files}/{aws_names.convergence_key(node.name)}"]),
        allow(["s3:PutObject"], [f"{backups}/{aws_names.backup_prefix(node.name)}*"]),
        allow(
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [key],
            {"StringEquals": {"kms:ViaService": services}},
        ),
        allow(["cloudwatch:PutMetricData"], ["*"], {"StringEquals": {"cloudwatch:namespace": METRICS}}),
        *_store(plan),
    )


def _store(plan: Plan) -> list[Statement]:
    """Statements for reading the artifact store, if it is a bucket."""
    artifacts = plan.settings.artifacts
    if artifacts.source != "store" or not (artifacts.store or "").startswith("s3://"):
        return []
    own = partition(aws_names.section(plan.settings).region).name
    inside = (artifacts.store or "").removeprefix("s3://").rstrip("/")
    return [allow(["s3:GetObject"], [f"arn:{own}:s3:::{inside}/*"])]
