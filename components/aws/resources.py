"""Program-side classes of the project's provider resources that exist only on AWS."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import pulumi


class TargetArgs(TypedDict):
    """A target of the group: an address and the port of its health check."""

    address: pulumi.Input[str]
    port: pulumi.Input[int]


class TargetHealth(pulumi.CustomResource):
    """Waits until load-balancer targets are healthy.

    `instances` are the machines behind the targets. If an instance changes, an update waits until every target is
    healthy again; likewise if one of their `types` changes, because EC2 then stops and starts the instance. A creation
    returns immediately unless `initially` is true: the first node alone can never be healthy.
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
    """A node, the key of its report, and the expected report. `digest`: of its secret."""

    name: str
    key: str
    digest: pulumi.Input[str]
    instance: pulumi.Input[str]


class Convergence(pulumi.CustomResource):
    """Waits until every node reports that it has applied its secret; fails with the reason of a node that cannot.

    `authority`: PEM that signs the API servers' certificates. In the state each node also has `hostKey`.
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
    """The names of all etcd members. Refuses an update that removes more of them than the cluster can lose at once.

    Make it depend on the resources that deliver the list to the nodes.
    """

    def __init__(
        self, resource_name: str, *, members: Sequence[str], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("quorate:aws:Membership", resource_name, {"members": members, "left": None}, opts)
