"""Whether nodes are containers on this computer; documents that differ for them use this."""

from plan.settings import Settings


def nested(settings: Settings) -> bool:
    """True if the nodes are systemd machines on this computer, which share its kernel, clock, disk and cgroup tree.

    Such a node may have cgroup v1 (kubelet 1.35 and later refuse it by default), no CAP_SYS_RESOURCE, swap that it
    cannot switch off, and kernel parameters whose change would affect the whole computer.
    """
    return settings.local_machines is not None
