"""The secret of one node: every certificate and key issued for it."""

import json
from collections.abc import Mapping

import pulumi
from pulumi_aws import secretsmanager

from components.aws.tags import tags
from components.node_files import NodeFiles
from documents import CertificateFile, SecretFile, certificate_files, secret_files
from documents.shipping import Issued, secret_text, wanted_digest
from plan import Node, Plan
from plan.aws import names as aws_names

RECOVERY_DAYS = 30  # days, the longest of Secrets Manager; a protected environment can be recovered within them


class NodeSecret(pulumi.ComponentResource):
    """`secret` is the resource, `version` its content, `digest` identifies it in the node's report."""

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
            # Without protection the name must be free immediately: the next environment uses the same name.
            recovery_window_in_days=RECOVERY_DAYS if aws_names.section(plan.settings).protect else 0,
            tags=tags(plan, f"{node.name}-secret"),
            opts=below,
        )
        contents = {path: file["content"] for path, file in {**files.issued, **files.secrets}.items()}
        hidden: pulumi.Output[str] = pulumi.Output.secret(pulumi.Output.json_dumps(contents))
        text = hidden.apply(lambda found: _text(plan, node, json.loads(found), documents_text, agent))
        # The hash of a text with random private keys reveals nothing.
        self.digest: pulumi.Output[str] = pulumi.Output.unsecret(text.apply(wanted_digest))
        self.version = secretsmanager.SecretVersion(
            node.name,
            secret_id=self.secret.id,
            secret_string=text,
            opts=below,
        )
        self.register_outputs({"name": name})


def _text(plan: Plan, node: Node, contents: Mapping[str, str], documents_text: str, agent: str) -> str:
    secrets = {file.path for file in secret_files(plan, node)}
    places: list[CertificateFile | SecretFile] = [*certificate_files(plan, node), *secret_files(plan, node)]
    issued = {
        file.path: Issued(
            path=file.path, mode=file.mode, step=file.step, content=contents[file.path], secret=file.path in secrets
        )
        for file in places
    }
    return secret_text(documents_text=documents_text, agent=agent, issued=issued)
