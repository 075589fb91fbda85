"""Which kind answers for which type. Each is imported when it is first asked for: a preview pays for no other."""

from functools import cached_property

from provider.hosts.session import Sessions
from provider.protocol.kind import Kind
from provider.protocol.messages import Refused


class Kinds:
    """The resource kinds of this provider."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def of(self, token: str) -> Kind:
        """The kind for a type such as `quorate:hosts:Node`. Raises `Refused` for any other."""
        match token:
            case "quorate:hosts:Node":
                return self._node
            case "quorate:hosts:Cluster":
                return self._cluster
            case "quorate:local:Bridge":
                return self._bridge
            case "quorate:local:Machine":
                return self._machine
            case "quorate:aws:TargetHealth":
                return self._target_health
            case "quorate:aws:Membership":
                return self._membership
            case _:
                raise Refused(
                    f"the provider has no resource type {token!r}; it has quorate:hosts:Node, quorate:hosts:Cluster, "
                    "quorate:local:Bridge, quorate:local:Machine, quorate:aws:TargetHealth and quorate:aws:Membership"
                )

    @cached_property
    def _node(self) -> Kind:
        from provider.hosts.agent_archive import Agent  # noqa: PLC0415 -- imported when needed, see above
        from provider.hosts.node import NodeKind  # noqa: PLC0415

        return NodeKind(Agent(), self._sessions)

    @cached_property
    def _cluster(self) -> Kind:
        from provider.hosts.agent_archive import Agent  # noqa: PLC0415
        from provider.hosts.cluster import ClusterKind  # noqa: PLC0415

        return ClusterKind(Agent(), self._sessions)

    @cached_property
    def _bridge(self) -> Kind:
        from provider.local.bridge import BridgeKind  # noqa: PLC0415

        return BridgeKind()

    @cached_property
    def _machine(self) -> Kind:
        from provider.local.machine import MachineKind  # noqa: PLC0415

        return MachineKind()

    @cached_property
    def _target_health(self) -> Kind:
        from provider.aws.target_health import TargetHealthKind  # noqa: PLC0415

        return TargetHealthKind(self._sessions.cancelled)

    @cached_property
    def _membership(self) -> Kind:
        from provider.aws.membership import MembershipKind  # noqa: PLC0415

        return MembershipKind()
