"""The resources of the project's own provider that only environments on AWS have, as programs use them."""

from collections.abc import Sequence
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


class Membership(pulumi.CustomResource):
    """The names of all etcd members. An update that takes more of them away than can be lost at once is refused.

    Make it depend on what tells the nodes of the list.
    """

    def __init__(
        self, resource_name: str, *, members: Sequence[str], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("quorate:aws:Membership", resource_name, {"members": members, "left": None}, opts)
