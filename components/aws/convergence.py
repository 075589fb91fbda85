"""The end of an update: every node has applied the planned state, or reports why it could not."""

from collections.abc import Mapping, Sequence

import pulumi

from components.aws.connection import Connection
from components.aws.files import Files
from components.aws.resources import Convergence, NodeArgs
from plan import Plan
from plan.aws import names as aws_names


def convergence(
    name: str,
    *,
    plan: Plan,
    connection: Connection,
    store: Files,
    digests: Mapping[str, pulumi.Input[str]],
    instances: Mapping[str, pulumi.Input[str]],
    authority: pulumi.Input[str],
    after: Sequence[pulumi.Resource],
    opts: pulumi.ResourceOptions,
) -> pulumi.Resource:
    """Waits for every node. `digests` of the secrets, and `instances`, by node."""
    nodes: list[NodeArgs] = [
        {
            "name": node.name,
            "key": aws_names.convergence_key(node.name),
            "digest": digests[node.name],
            "instance": instances[node.name],
        }
        for node in plan.nodes
    ]
    return Convergence(
        name,
        region=aws_names.section(plan.settings).region,
        bucket=store.bucket.bucket,
        nodes=nodes,
        authority=authority,
        connection=connection,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=list(after))),
    )
