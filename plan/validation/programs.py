"""Versions that fit each other, sources that can be verified (requirements ETCD-03, BOOT-05, BOOT-24)."""

import re
from collections.abc import Iterator
from pathlib import Path

from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.store import PLACE, mounted

RELEASE = re.compile(r"(\d+)\.(\d+)\.(\d+)")
# kubeadm's table of 1.34 to 1.36 names 3.6.8; 3.6.4 is the first that kubeadm 1.34 shipped with.
ETCD_MINOR = {(1, 34): (3, 6), (1, 35): (3, 6), (1, 36): (3, 6)}
ETCD_FLOOR = (3, 6, 4)
CPU = re.compile(r"[1-9]\d*m?|\d+\.\d{1,3}")
MEMORY = re.compile(r"[1-9]\d*(Ki|Mi|Gi)?")
REPOSITORY = re.compile(r"[a-z0-9][a-z0-9.-]*(:\d+)?(/[a-z0-9._-]+)*")

Release = tuple[int, int, int]


def _release(text: str) -> Release | None:
    match = RELEASE.fullmatch(text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def kubernetes(settings: Settings) -> Iterator[Refusal]:
    """An exact release of a supported minor version."""
    at, given = "controlPlane.kubernetesVersion", settings.control_plane.kubernetes_version
    release = _release(given)
    if release is None:
        yield _inexact(at, given, "1.36.3")
    elif release[:2] not in ETCD_MINOR:
        yield Refusal(
            at=at,
            bound=f"of a supported minor version: {', '.join(f'{major}.{minor}' for major, minor in ETCD_MINOR)}",
            got=given,
            why="flags, certificates and documents are made and tested for these",
            fix="use 1.36.3, or another version of Quorate",
        )


def etcd(settings: Settings) -> Iterator[Refusal]:
    """An exact release that belongs to the Kubernetes version."""
    at, given = "etcd.version", settings.etcd.version
    release = _release(given)
    if release is None:
        yield _inexact(at, given, "3.6.10")
        return
    kubernetes_release = _release(settings.control_plane.kubernetes_version)
    minor = ETCD_MINOR.get(kubernetes_release[:2]) if kubernetes_release else None
    if minor is not None and (release[:2] != minor or release < ETCD_FLOOR):
        floor = ".".join(str(part) for part in ETCD_FLOOR)
        yield Refusal(
            at=at,
            bound=f"of {minor[0]}.{minor[1]}, from {floor} on, for Kubernetes "
            f"{settings.control_plane.kubernetes_version}",
            got=given,
            why="Kubernetes is tested with that minor version of etcd and asks it for features by version",
            fix="use 3.6.10",
        )


def _inexact(at: str, given: str, example: str) -> Refusal:
    why = "nodes that are made on different days must run the same program"
    return Refusal(at=at, bound="an exact release, without `v`", got=repr(given), why=why, fix=f"such as {example}")


def source(settings: Settings) -> Iterator[Refusal]:
    """A store with a manifest, or packages; never half of each."""
    given = settings.artifacts
    if given.source == "packages":
        for key, value in (("store", given.store), ("manifest", given.manifest), ("digests", given.digests)):
            if value:
                why = "packages come from signed repositories, and the store would silently not be used"
                at, fix = f"artifacts.{key}", "remove it, or say `source: store`"
                yield Refusal(at=at, bound="absent when the source is packages", got="given", why=why, fix=fix)
        return
    schemes = ("file:///", "https://", *(("s3://",) if settings.kind == "aws" else ()))
    if given.store is None or not given.store.startswith(schemes):
        yield Refusal(
            at="artifacts.store",
            bound=f"{'... or '.join(schemes)}..., as the nodes see it",
            got=repr(given.store) if given.store else "missing",
            why="the nodes install every program from there",
            fix="such as file:///opt/quorate/store",
        )
    if not given.manifest and not given.digests:
        yield Refusal(
            at="artifacts.manifest",
            bound="given with a store",
            got="missing",
            why="without digests a changed file of the store would be installed unnoticed, with root's rights",
            fix="give the path of the store's manifest.json",
        )
    yield from _seen_by_local_machines(settings)


def _seen_by_local_machines(settings: Settings) -> Iterator[Refusal]:
    given = settings.artifacts
    if settings.local_machines is None or given.manifest is None or not (given.store or "").startswith("file:"):
        return
    if mounted(given, Path("/")) is None:
        yield Refusal(
            at="artifacts.store",
            bound=f"file://{PLACE} and then the last folders of the manifest's path, if it lies deeper",
            got=f"{given.store}, with the manifest {given.manifest}",
            why="the machines of this computer see one folder of it there, which is found from the two",
            fix=f"such as file://{PLACE}/1.36.3 with stores/1.36.3/manifest.json",
        )


def reserved(settings: Settings) -> Iterator[Refusal]:
    """Quantities that the kubelet accepts."""
    plane = settings.control_plane
    for key, kept in (("kubeReserved", plane.kube_reserved), ("systemReserved", plane.system_reserved)):
        why = "the kubelet refuses to start with it"
        if not CPU.fullmatch(kept.cpu):
            at, fix = f"controlPlane.{key}.cpu", "such as 200m"
            yield Refusal(at=at, bound="an amount of processors", got=repr(kept.cpu), why=why, fix=fix)
        if not MEMORY.fullmatch(kept.memory):
            at, fix = f"controlPlane.{key}.memory", "such as 256Mi"
            yield Refusal(at=at, bound="an amount of memory", got=repr(kept.memory), why=why, fix=fix)


def images(settings: Settings) -> Iterator[Refusal]:
    """A registry's name, with or without a path."""
    plane = settings.control_plane
    if not REPOSITORY.fullmatch(plane.image_repository):
        at, why = "controlPlane.imageRepository", "every image's name begins with it"
        bound, fix = "a registry and path, without scheme", "such as registry.k8s.io"
        yield Refusal(at=at, bound=bound, got=repr(plane.image_repository), why=why, fix=fix)


def audit_log(settings: Settings) -> Iterator[Refusal]:
    """Limits that are limits."""
    audit = settings.control_plane.audit
    limits = (("maxAgeDays", audit.max_age_days), ("maxBackups", audit.max_backups))
    for key, value in (*limits, ("maxSizeMegabytes", audit.max_size_megabytes)):
        if value < 1:
            why = "0 means no limit to the API server, and the log would fill the disk"
            yield Refusal(at=f"controlPlane.audit.{key}", bound="at least 1", got=value, why=why, fix="see the default")
