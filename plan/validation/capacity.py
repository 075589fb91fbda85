"""Machines that have room for the add-ons, as far as their size is known (requirements BOOT-18)."""

from collections.abc import Iterator

from plan.addons.workload import workloads
from plan.allocatable import Resources, allocatable
from plan.quantities import millicores, octets
from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.control_plane import Reserved
from plan.sizes import SIZES

EVICTION = Resources(millicores=0, memory=100 * 2**20)  # memory.available in documents/kubelet_configuration.py
MEBIBYTE = 2**20


def memory(settings: Settings) -> Iterator[Refusal]:
    """All add-ons' requests fit into what all nodes but one leave for pods: one node may be down."""
    capacity, at = _memory(settings)
    addons = settings.addons
    if capacity is None or not addons.enabled:
        return
    plane = settings.control_plane
    each = allocatable(
        Resources(millicores=0, memory=capacity),
        kube_reserved=_reserved(plane.kube_reserved),
        system_reserved=_reserved(plane.system_reserved),
        hard_eviction=EVICTION,
    ).memory
    serving = max(1, len(settings.nodes) - 1)
    needed = sum(workload.replicas * (octets(workload.memory) or 0) for workload in workloads(settings))
    if serving * each < needed:
        yield Refusal(
            at=at,
            bound=f"enough for the add-ons' {needed // MEBIBYTE} MiB on {serving} nodes, beside what the nodes reserve",
            got=f"{capacity // MEBIBYTE} MiB each, of which {each // MEBIBYTE} MiB are left for pods",
            why="with one node down, cluster DNS or another add-on would find no place",
            fix="take larger machines, lower controlPlane.kubeReserved or systemReserved, or switch add-ons off",
        )


def _memory(settings: Settings) -> tuple[int | None, str]:
    """Bytes of each machine and the setting that says so; None where nothing is known of them."""
    local, aws = settings.local_machines, settings.aws
    if local is not None and local.memory_megabytes is not None:
        return local.memory_megabytes * MEBIBYTE, "localMachines.memoryMegabytes"
    if aws is not None and aws.machines.instance_type is None:
        return SIZES[aws.machines.size].memory * 2**30, "aws.machines.size"
    return None, ""


def _reserved(given: Reserved) -> Resources:
    # Amounts that cannot be read are refused elsewhere.
    return Resources(millicores=millicores(given.cpu) or 0, memory=octets(given.memory) or 0)
