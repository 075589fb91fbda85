"""Sizes of control-plane machines (etcd hardware guide, "Example hardware configurations").

The guide counts etcd alone; here the API server shares the machine. Each size has the guide's processors, memory and
IOPS; a cluster near the upper end of a size is better served by the next one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from plan.settings.aws_machines import Architecture, EtcdVolume, Machines, Size


@dataclass(frozen=True, kw_only=True)
class MachineSize:
    """One row of the table. `nodes`: up to how many Kubernetes nodes; `memory` in GiB."""

    nodes: int
    processors: int
    memory: int
    instance_types: Mapping[Architecture, str]
    volume: EtcdVolume


def _size(nodes: int, processors: int, suffix: str, volume: EtcdVolume) -> MachineSize:
    types: dict[Architecture, str] = {"amd64": f"m7i.{suffix}", "arm64": f"m7g.{suffix}"}
    return MachineSize(nodes=nodes, processors=processors, memory=4 * processors, instance_types=types, volume=volume)


SIZES: Mapping[Size, MachineSize] = {
    "small": _size(50, 2, "large", EtcdVolume(gibibytes=20, iops=3_600, throughput=125)),
    "medium": _size(250, 4, "xlarge", EtcdVolume(gibibytes=40, iops=6_000, throughput=125)),
    "large": _size(1_000, 8, "2xlarge", EtcdVolume(gibibytes=80, iops=8_000, throughput=250)),
    "xlarge": _size(3_000, 16, "4xlarge", EtcdVolume(gibibytes=100, iops=16_000, throughput=500)),
}


def instance_type(machines: Machines) -> str:
    """The given type, or that of the size and architecture."""
    return machines.instance_type or SIZES[machines.size].instance_types[machines.image.architecture]


def etcd_volume(machines: Machines) -> EtcdVolume:
    """The given volume, or that of the size."""
    return machines.etcd_volume or SIZES[machines.size].volume
