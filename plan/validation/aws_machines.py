"""Instance type, image and volumes within AWS's limits."""

import re
from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings.aws_machines import Architecture, EtcdVolume
from plan.settings.cluster import Settings
from plan.sizes import etcd_volume, instance_type

TYPE = re.compile(
    r"(?P<family>[a-z]+)(?P<generation>\d+)(?P<options>[a-z]*)(-[a-z0-9]+)?\.(nano|micro|small|medium|large|\d*xlarge|metal(-\d+xl)?)"
)
TOO_SMALL = ("nano", "micro", "small")  # less than 2 GiB or one processor: below kubeadm's own floor
# EBS volume types, 2025: IOPS from, to, per GiB; throughput in MiB/s from, to, and per IOPS.
GP3_IOPS, GP3_PER_GIB, GP3_THROUGHPUT, GP3_PER_IOPS = (3_000, 80_000), 500, (125, 2_000), 0.25
IO2_IOPS, IO2_PER_GIB = (100, 256_000), 1_000
BYTES = 1024**3


def kind(settings: Settings) -> Iterator[Refusal]:
    """A type that can exist, of the image's architecture, with room for a control plane."""
    if settings.aws is None:
        return
    machines = settings.aws.machines
    given, at = instance_type(machines), "aws.machines.instanceType"
    match = TYPE.fullmatch(given)
    if match is None:
        why = "every node is an instance of it"
        yield Refusal(at=at, bound="an instance type", got=repr(given), why=why, fix="such as m7i.large")
        return
    if given.partition(".")[2] in TOO_SMALL:
        why = "API server, etcd and kubelet need two processors and 4 GiB"
        yield Refusal(at=at, bound="medium or larger", got=given, why=why, fix="use the size table, or m7i.large")
    architecture = _architecture(match["family"], match["options"])
    if architecture != machines.image.architecture:
        yield Refusal(
            at=at,
            bound=f"of the image's architecture {machines.image.architecture}",
            got=f"{given}, which is {architecture}",
            why="an instance cannot boot an image of another processor",
            fix=f"change it, or say `image.architecture: {architecture}`",
        )


def _architecture(family: str, options: str) -> Architecture:
    """Graviton's types are marked with a g after the generation; a1 was the first."""
    return "arm64" if "g" in options or (family, options) == ("a", "") else "amd64"


def image(settings: Settings) -> Iterator[Refusal]:
    """An id that can exist."""
    found = settings.aws.machines.image.id if settings.aws else None
    if found is not None and not re.fullmatch(r"ami-[0-9a-f]+", found):
        at, why = "aws.machines.image.id", "every node boots from it"
        yield Refusal(at=at, bound="an image's id", got=repr(found), why=why, fix="such as ami-0123456789abcdef0")


def root(settings: Settings) -> Iterator[Refusal]:
    """Room for images and logs."""
    given = settings.aws.machines.root_gibibytes if settings.aws else 30
    if not 16 <= given <= 16_384:  # noqa: PLR2004 - the bounds are named in the message
        why = "container images, logs and a snapshot on its way lie there"
        at, bound = "aws.machines.rootGibibytes", "from 16 to 16384 GiB"
        yield Refusal(at=at, bound=bound, got=given, why=why, fix="30 is enough")


def volume(settings: Settings) -> Iterator[Refusal]:
    """IOPS and throughput that AWS sells, and room for etcd's quota twice."""
    if settings.aws is None:
        return
    found, at = etcd_volume(settings.aws.machines), "aws.machines.etcdVolume"
    yield from _gp3(at, found) if found.type == "gp3" else _io2(at, found)
    fewest = -(-2 * settings.etcd.quota_bytes // BYTES)
    if found.gibibytes < fewest:
        why = "etcd writes a second copy of its database when it is defragmented, and its log beside it"
        bound = f"at least {fewest} GiB, twice etcd's quota"
        yield Refusal(at=f"{at}.gibibytes", bound=bound, got=found.gibibytes, why=why, fix=f"use {fewest} or more")


def _gp3(at: str, found: EtcdVolume) -> Iterator[Refusal]:
    low, high = GP3_IOPS
    most = min(high, max(low, GP3_PER_GIB * found.gibibytes))
    if not low <= found.iops <= most:
        why = f"AWS sells a gp3 of {found.gibibytes} GiB with no other ({GP3_PER_GIB} for each GiB)"
        bound = f"from {low} to {most} for a gp3 of {found.gibibytes} GiB"
        yield Refusal(at=f"{at}.iops", bound=bound, got=found.iops, why=why, fix="3600 is good for fifty nodes")
    slowest, fastest = GP3_THROUGHPUT
    fastest = min(fastest, max(slowest, int(found.iops * GP3_PER_IOPS)))
    if found.throughput is None or not slowest <= found.throughput <= fastest:
        bound = f"from {slowest} to {fastest} MiB/s at {found.iops} IOPS"
        why = "a gp3 has a stated throughput, at most a quarter MiB/s for each IOPS"
        got = "missing" if found.throughput is None else found.throughput
        yield Refusal(at=f"{at}.throughput", bound=bound, got=got, why=why, fix="use 125")


def _io2(at: str, found: EtcdVolume) -> Iterator[Refusal]:
    low, high = IO2_IOPS
    most = min(high, IO2_PER_GIB * found.gibibytes)
    if not low <= found.iops <= most:
        bound = f"from {low} to {most} for an io2 of {found.gibibytes} GiB"
        why = f"AWS sells at most {IO2_PER_GIB} IOPS for each GiB, and {high} in all"
        yield Refusal(at=f"{at}.iops", bound=bound, got=found.iops, why=why, fix="use 8000")
    if found.throughput is not None:
        why, fix = "its throughput follows its IOPS", "set it to null"
        yield Refusal(at=f"{at}.throughput", bound="null for io2", got=found.throughput, why=why, fix=fix)
