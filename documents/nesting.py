"""Machines inside this computer are not whole machines; documents that differ for them check here."""

from plan.settings import Settings


def nested(settings: Settings) -> bool:
    """True when the nodes are systemd machines on this computer: they share its kernel, clock, disk and cgroup tree.

    Such a node may have cgroup v1 (kubelet 1.35 and later refuse it by default), no CAP_SYS_RESOURCE, swap that it
    cannot switch off, and kernel parameters whose change would reach the whole computer.
    """
    return settings.local_machines is not None
