"""The resources of a node that are left for pods (Kubernetes: "Reserve Compute Resources for System Daemons")."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Resources of one node: thousandths of a processor; memory and disk in bytes."""

    millicores: int
    memory: int
    storage: int = 0


def allocatable(
    capacity: Resources, *, kube_reserved: Resources, system_reserved: Resources, hard_eviction: Resources
) -> Resources:
    """Capacity minus both reservations and the amount that eviction keeps free; never below zero."""
    kept = (kube_reserved, system_reserved, hard_eviction)
    return Resources(
        millicores=max(0, capacity.millicores - sum(part.millicores for part in kept)),
        memory=max(0, capacity.memory - sum(part.memory for part in kept)),
        storage=max(0, capacity.storage - sum(part.storage for part in kept)),
    )
