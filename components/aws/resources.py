"""The resources of the project's own provider that only environments on AWS have, as programs use them."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import pulumi


class TargetArgs(TypedDict):
    """A target of the group: an address, and the port where it is asked."""

    address: pulumi.Input[str]
    port: pulumi.Input[int]


class TargetHealth(pulumi.CustomResource):
    """Waits until load-balancer targets are healthy.

    `instances` are what stands behind the targets: when one is another, an update waits until every target is healthy
    again; and so when one of their `types` is another, because EC2 stops and starts an instance for it. A creation
    returns at once unless `initially` is true: the first node alone can never be healthy.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        region: pulumi.Input[str],
        target_group: pulumi.Input[str],
        targets: Sequence[TargetArgs],
        instances: Sequence[pulumi.Input[str]],
        types: Sequence[pulumi.Input[str]] = (),
        initially: bool = False,
        connection: pulumi.Input[dict[str, str]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties = {
            "region": region,
            "targetGroup": target_group,
            "targets": targets,
            "instances": instances,
            "types": types or None,
            "initially": initially,
            "connection": connection,
            "unhealthy": None,
        }
        super().__init__("quorate:aws:TargetHealth", resource_name, properties, opts)


class NodeArgs(TypedDict):
    """A node, the key of its report, and what it must report. `digest`: of its secret."""

    name: str
    key: str
    digest: pulumi.Input[str]
    instance: pulumi.Input[str]


class Convergence(pulumi.CustomResource):
    """Waits until every node reports that it has applied its secret, and fails with the reason of one that cannot.

    `authority`: PEM of what signs the API servers' certificates. In the state each node also has `hostKey`.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        region: pulumi.Input[str],
        bucket: pulumi.Input[str],
        nodes: Sequence[NodeArgs],
        authority: pulumi.Input[str],
        connection: pulumi.Input[dict[str, str]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties = {
            "region": region,
            "bucket": bucket,
            "nodes": nodes,
            "authority": authority,
            "connection": connection,
            "unfinished": None,
        }
        super().__init__("quorate:aws:Convergence", resource_name, properties, opts)


class NamedTargetArgs(TypedDict):
    """A node behind the load balancer."""

    name: str
    address: str
    port: int


class Replacement(pulumi.CustomResource):
    """Refuses to replace instances while a node is unhealthy. Every instance depends on it.

    `causes`: by node, a digest of everything that replaces or restarts its instance.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        region: pulumi.Input[str],
        target_group: pulumi.Input[str],
        targets: Sequence[NamedTargetArgs],
        causes: Mapping[str, str],
        connection: pulumi.Input[dict[str, str]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties = {
            "region": region,
            "targetGroup": target_group,
            "targets": targets,
            "causes": causes,
            "connection": connection,
        }
        super().__init__("quorate:aws:Replacement", resource_name, properties, opts)


class Membership(pulumi.CustomResource):
    """The names of all etcd members. An update that takes more of them away than can be lost at once is refused.

    Make it depend on what tells the nodes of the list.
    """

    def __init__(
        self, resource_name: str, *, members: Sequence[str], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("quorate:aws:Membership", resource_name, {"members": members, "left": None}, opts)
