"""The resource of the project's own provider that needs nothing but the AWS API, as programs use it."""

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
    again. A creation returns at once unless `initially` is true: the first node alone can never be healthy.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        region: pulumi.Input[str],
        target_group: pulumi.Input[str],
        targets: Sequence[TargetArgs],
        instances: Sequence[pulumi.Input[str]],
        initially: bool = False,
        connection: pulumi.Input[dict[str, str]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties = {
            "region": region,
            "targetGroup": target_group,
            "targets": targets,
            "instances": instances,
            "initially": initially,
            "connection": connection,
            "unhealthy": None,
        }
        super().__init__("quorate:aws:TargetHealth", resource_name, properties, opts)
