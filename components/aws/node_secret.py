"""The secret of one node: every certificate and key that was issued for it."""

import json

import pulumi
from pulumi_aws import secretsmanager

from components.aws.tags import tags
from components.node_files import NodeFiles
from documents.shipping import Issued, secret_text
from plan import Node, Plan, aws_names

RECOVERY_DAYS = 30  # Secrets Manager's longest; a protected environment can be brought back for so long


class NodeSecret(pulumi.ComponentResource):
    """`secret` is the resource, `version` its present content."""

    def __init__(
        self,
        node: Node,
        *,
        plan: Plan,
        files: NodeFiles,
        documents_text: str,
        agent: str,
        key_arn: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = aws_names.secret(plan.settings, node.name)
        super().__init__("quorate:aws:NodeSecret", node.name, {"name": name}, opts)
        below = pulumi.ResourceOptions(parent=self)
        self.secret = secretsmanager.Secret(
            node.name,
            name=name,
            description=f"Certificates and keys of node {node.name} of cluster {plan.settings.cluster}",
            kms_key_id=key_arn,
            # Without protection the name must be free again at once: the next environment has the same.
            recovery_window_in_days=RECOVERY_DAYS if aws_names.section(plan.settings).protect else 0,
            tags=tags(plan, f"{node.name}-secret"),
            opts=below,
        )
        issued = {**files.issued, **files.secrets}
        places = {path: (file["mode"], file["step"]) for path, file in issued.items()}
        contents = pulumi.Output.json_dumps({path: file["content"] for path, file in issued.items()})

        def text(found: str) -> str:
            return secret_text(
                documents_text=documents_text,
                agent=agent,
                issued={
                    path: Issued(
                        path=path,
                        mode=int(str(places[path][0])),
                        step=places[path][1],
                        content=content,
                        secret=path in files.secrets,
                    )
                    for path, content in json.loads(found).items()
                },
            )

        self.version = secretsmanager.SecretVersion(
            node.name,
            secret_id=self.secret.id,
            secret_string=pulumi.Output.secret(contents).apply(text),
            opts=below,
        )
        self.register_outputs({"name": name})
