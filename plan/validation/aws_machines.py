"""Instance type and volumes within AWS's limits."""

from collections.abc import Iterator

from plan.aws.instance_types import TOO_SMALL, instance_type_of
from plan.refusal import Refusal
from plan.settings.aws_machines import EtcdVolume
from plan.settings.cluster import Settings
from plan.sizes import etcd_volume, instance_type
from plan.visible import shown

FEWEST_PROCESSORS = 2  # kubeadm's preflight
# EBS volume types, 2025: IOPS from, to, per GiB; throughput in MiB/s from, to, and per IOPS.
GP3_IOPS, GP3_PER_GIB, GP3_THROUGHPUT, GP3_PER_IOPS = (3_000, 80_000), 500, (125, 2_000), 0.25
IO2_IOPS, IO2_PER_GIB = (100, 256_000), 1_000
BYTES = 1024**3


def kind(settings: Settings) -> Iterator[Refusal]:
    """The type can exist, has the image's architecture, and is large enough for a control plane."""
    if settings.aws is None:
        return
    machines = settings.aws.machines
    given, at = instance_type(machines), "aws.machines.instanceType"
    found = instance_type_of(given)
    if found is None:
        why = "every node is an instance of it"
        yield Refusal(at=at, what="an instance type", found=shown(given), why=why, fix="such as m7i.large")
        return
    too_few = found.processors is not None and found.processors < FEWEST_PROCESSORS
    if found.size in TOO_SMALL or too_few:
        why = "API server, etcd and kubelet need two processors and 4 GiB"
        what, fix = "a type with two processors or more", "use the size table, or m7i.large"
        yield Refusal(at=at, what=what, found=given, why=why, fix=fix)
    if found.architecture != machines.image.architecture:
        yield Refusal(
            at=at,
            what=f"a type with the image's architecture {machines.image.architecture}",
            found=f"{given}, which is {found.architecture}",
            why="an instance cannot boot an image for another architecture",
            fix=f"change it, or set `image.architecture: {found.architecture}`",
        )


def volume(settings: Settings) -> Iterator[Refusal]:
    """EBS offers the IOPS and throughput, and the volume has room for etcd's quota twice."""
    if settings.aws is None:
        return
    found, at = etcd_volume(settings.aws.machines), "aws.machines.etcdVolume"
    yield from _gp3(at, found) if found.type == "gp3" else _io2(at, found)
    fewest = -(-2 * settings.etcd.quota_bytes // BYTES)
    if found.gibibytes < fewest:
        why = "etcd writes a second copy of its database when it is defragmented, and its log beside it"
        what = f"at least {fewest} GiB, twice etcd's quota"
        yield Refusal(at=f"{at}.gibibytes", what=what, found=found.gibibytes, why=why, fix=f"use {fewest} or more")


def _gp3(at: str, found: EtcdVolume) -> Iterator[Refusal]:
    low, high = GP3_IOPS
    most = min(high, max(low, GP3_PER_GIB * found.gibibytes))
    if not low <= found.iops <= most:
        why = f"EBS does not offer any other value for a gp3 of {found.gibibytes} GiB ({GP3_PER_GIB} for each GiB)"
        what = f"from {low} to {most} for a gp3 of {found.gibibytes} GiB"
        yield Refusal(at=f"{at}.iops", what=what, found=found.iops, why=why, fix="3600 is enough for fifty nodes")
    if found.throughput is None:
        return
    slowest, fastest = GP3_THROUGHPUT
    fastest = min(fastest, max(slowest, int(found.iops * GP3_PER_IOPS)))
    if not slowest <= found.throughput <= fastest:
        what = f"from {slowest} to {fastest} MiB/s at {found.iops} IOPS"
        why = "EBS offers at most a quarter MiB/s for each IOPS"
        yield Refusal(at=f"{at}.throughput", what=what, found=found.throughput, why=why, fix="leave it out for 125")


def _io2(at: str, found: EtcdVolume) -> Iterator[Refusal]:
    low, high = IO2_IOPS
    most = min(high, IO2_PER_GIB * found.gibibytes)
    if not low <= found.iops <= most:
        what = f"from {low} to {most} for an io2 of {found.gibibytes} GiB"
        why = f"EBS offers at most {IO2_PER_GIB} IOPS for each GiB, and {high} in all"
        yield Refusal(at=f"{at}.iops", what=what, found=found.iops, why=why, fix="use 8000")
    if found.throughput is not None:
        why, fix = "its throughput follows its IOPS", "leave it out"
        yield Refusal(at=f"{at}.throughput", what="left out for io2", found=found.throughput, why=why, fix=fix)
