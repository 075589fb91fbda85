"""The bucket from which nodes fetch their documents and the agent."""

import base64
from collections.abc import Mapping

import pulumi
from pulumi_aws import s3

from agent.system.archive import archive, digest
from components.aws.bucket import PrivateBucket
from components.node_files import NodeFiles
from documents.shipping import documents_object
from plan import Node, Plan
from plan.aws import names as aws_names


class Files(pulumi.ComponentResource):
    """`bucket`; `texts` and `objects` by node; `agent` is the object of the agent, `agent_digest` its SHA-256."""

    def __init__(
        self,
        name: str,
        *,
        plan: Plan,
        files: Mapping[str, NodeFiles],
        key_arn: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("quorate:aws:Files", name, {"bucket": aws_names.files_bucket(plan.settings)}, opts)
        below = pulumi.ResourceOptions(parent=self)
        store = PrivateBucket(
            "files",
            plan=plan,
            bucket=aws_names.files_bucket(plan.settings),
            key_arn=key_arn,
            kept=False,
            opts=below,
        )
        self.bucket = store.bucket
        after = pulumi.ResourceOptions(parent=self, depends_on=[store])
        self.texts: Mapping[str, str] = {
            node.name: documents_object(manifest=files[node.name].manifest, files=files[node.name].rendered)
            for node in plan.nodes
        }
        self.objects = {node.name: self._documents(node, after) for node in plan.nodes}
        self.agent_digest = digest()
        self.agent = s3.BucketObjectv2(
            "agent",
            bucket=self.bucket.bucket,
            key=f"agent/{self.agent_digest}.pyz",
            content_base64=base64.b64encode(archive()).decode(),
            content_type="application/zip",
            opts=after,
        )
        self.register_outputs({"bucket": aws_names.files_bucket(plan.settings)})

    def _documents(self, node: Node, opts: pulumi.ResourceOptions) -> s3.BucketObjectv2:
        return s3.BucketObjectv2(
            f"documents-{node.name}",
            bucket=self.bucket.bucket,
            key=aws_names.documents_key(node.name),
            content=self.texts[node.name],
            content_type="application/json",
            opts=opts,
        )
