"""Sizes of control-plane machines (etcd hardware guide, "Example hardware configurations").

The guide is for etcd alone; here the API server shares the machine. Each size has the guide's processors, memory and
IOPS; near the upper end of a size, choose the next one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from plan.settings.aws_machines import Architecture, EtcdVolume, Machines, Size


@dataclass(frozen=True, kw_only=True)
class MachineSize:
    """One row of the table. `nodes`: the largest number of Kubernetes nodes; `memory` in GiB."""

    nodes: int
    processors: int
    memory: int
    instance_types: Mapping[Architecture, str]
    volume: EtcdVolume


def _size(nodes: int, processors: int, suffix: str, volume: EtcdVolume) -> MachineSize:
    types: dict[Architecture, str] = {"amd64": f"m7i.{suffix}", "arm64": f"m7g.{suffix}"}
    return MachineSize(nodes=nodes, processors=processors, memory=4 * processors, instance_types=types, volume=volume)


USUAL_THROUGHPUT = 125  # MiB/s that a gp3 has without a surcharge

SIZES: Mapping[Size, MachineSize] = {
    "small": _size(50, 2, "large", EtcdVolume(gibibytes=20, iops=3_600, throughput=125)),
    "medium": _size(250, 4, "xlarge", EtcdVolume(gibibytes=40, iops=6_000, throughput=125)),
    "large": _size(1_000, 8, "2xlarge", EtcdVolume(gibibytes=80, iops=8_000, throughput=250)),
    "xlarge": _size(3_000, 16, "4xlarge", EtcdVolume(gibibytes=100, iops=16_000, throughput=500)),
}


def instance_type(machines: Machines) -> str:
    """The given type, or the default for the size and architecture."""
    return machines.instance_type or SIZES[machines.size].instance_types[machines.image.architecture]


def etcd_volume(machines: Machines) -> EtcdVolume:
    """The given volume, or the default for the size. Always complete: a gp3 has a throughput."""
    volume = machines.etcd_volume or SIZES[machines.size].volume
    if volume.type == "gp3" and volume.throughput is None:
        return volume.model_copy(update={"throughput": USUAL_THROUGHPUT})
    return volume
