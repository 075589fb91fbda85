"""Machines of known size are large enough for the add-ons (requirements BOOT-18)."""

from collections.abc import Iterator

from plan.addons.workload import workloads
from plan.allocatable import Resources, allocatable
from plan.aws.instance_types import instance_type_of
from plan.quantities import millicores, octets
from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.control_plane import Reserved
from plan.sizes import SIZES, instance_type
from plan.validation.aws_machines import FEWEST_PROCESSORS

EVICTION = Resources(millicores=0, memory=100 * 2**20)  # memory.available in documents/kubelet_configuration.py
MEBIBYTE = 2**20


def memory(settings: Settings) -> Iterator[Refusal]:
    """The requests of all add-ons fit even if one node is down."""
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
            what=f"enough for the add-ons' {needed // MEBIBYTE} MiB on {serving} nodes, in addition "
            "to the reservations",
            found=f"{capacity // MEBIBYTE} MiB each, of which {each // MEBIBYTE} MiB are left for pods",
            why="with one node down, cluster DNS or another add-on could not be scheduled",
            fix="use larger machines, lower controlPlane.kubeReserved or systemReserved, or switch add-ons off",
        )


def processors(settings: Settings) -> Iterator[Refusal]:
    """Reservations leave some of the machine's processors free."""
    if settings.aws is None:
        return
    found = instance_type_of(instance_type(settings.aws.machines))
    if found is None or found.processors is None or found.processors < FEWEST_PROCESSORS:
        return
    plane = settings.control_plane
    reserved = sum((millicores(part.cpu) or 0) for part in (plane.kube_reserved, plane.system_reserved))
    if reserved >= 1000 * found.processors:
        yield Refusal(
            at="controlPlane.kubeReserved.cpu",
            what=f"together with systemReserved.cpu less than the {found.processors} processors of a {found.name}",
            found=f"{reserved}m in total",
            why="the kubelet refuses to start if it reserves the whole machine",
            fix="lower both, or use larger machines",
        )


def _memory(settings: Settings) -> tuple[int | None, str]:
    """Bytes of each machine and the setting that they come from; None if their size is unknown."""
    local, aws = settings.local_machines, settings.aws
    if local is not None and local.memory_megabytes is not None:
        return local.memory_megabytes * MEBIBYTE, "localMachines.memoryMegabytes"
    if aws is not None and aws.machines.instance_type is None:
        return SIZES[aws.machines.size].memory * 2**30, "aws.machines.size"
    return None, ""


def _reserved(given: Reserved) -> Resources:
    # Amounts that cannot be read are refused elsewhere.
    return Resources(millicores=millicores(given.cpu) or 0, memory=octets(given.memory) or 0)
