"""Versions that fit together, sources that can be verified (requirements ETCD-03, BOOT-05, BOOT-24)."""

import re
from collections.abc import Iterator
from pathlib import Path

from plan.allocatable import Resources
from plan.quantities import millicores, octets
from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.syntax import is_store
from plan.store import PLACE, mounted
from plan.visible import shown

RELEASE = re.compile(r"([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})")
# kubeadm's table of 1.34 to 1.36 names 3.6.8; 3.6.4 is the first that kubeadm 1.34 shipped with.
ETCD_MINOR = {(1, 34): (3, 6), (1, 35): (3, 6), (1, 36): (3, 6)}
ETCD_FLOOR = (3, 6, 4)
LARGEST_LOG = 20_000  # MB
MOST_FILES, LARGEST_FILE = 1_000, 10_000  # MB; above this, each number exceeds its own limit
MOST_RESERVED = Resources(millicores=64_000, memory=512 * 2**30)

Release = tuple[int, int, int]


def _release(text: str) -> Release | None:
    match = RELEASE.fullmatch(text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def kubernetes(settings: Settings) -> Iterator[Refusal]:
    """Kubernetes is a release of a supported minor version."""
    at, given = "controlPlane.kubernetesVersion", settings.control_plane.kubernetes_version
    release = _release(given)
    if release is not None and release[:2] not in ETCD_MINOR:
        yield Refusal(
            at=at,
            what=f"of a supported minor version: {', '.join(f'{major}.{minor}' for major, minor in ETCD_MINOR)}",
            found=given,
            why="flags, certificates and configuration files are written and tested for these",
            fix="use 1.36.3, or another version of Quorate",
        )


def etcd(settings: Settings) -> Iterator[Refusal]:
    """etcd is a release for the Kubernetes version."""
    at, given = "etcd.version", settings.etcd.version
    release = _release(given)
    if release is None:
        return
    kubernetes_release = _release(settings.control_plane.kubernetes_version)
    minor = ETCD_MINOR.get(kubernetes_release[:2]) if kubernetes_release else None
    if minor is not None and (release[:2] != minor or release < ETCD_FLOOR):
        floor = ".".join(str(part) for part in ETCD_FLOOR)
        yield Refusal(
            at=at,
            what=f"of {minor[0]}.{minor[1]}, from {floor} on, for Kubernetes "
            f"{settings.control_plane.kubernetes_version}",
            found=given,
            why="Kubernetes is tested with that minor version of etcd and enables features by the etcd version",
            fix="use 3.6.10",
        )


def source(settings: Settings) -> Iterator[Refusal]:
    """Programs come from a store with a manifest, or from packages, never from both."""
    given = settings.artifacts
    if given.source == "packages":
        for key, value in (("store", given.store), ("manifest", given.manifest), ("digests", given.digests)):
            if value:
                why = "packages come from signed repositories, so the store would be silently ignored"
                at, fix = f"artifacts.{key}", "remove it, or set `source: store`"
                yield Refusal(at=at, what="left out if the source is packages", found="set", why=why, fix=fix)
        return
    if given.store is None or not is_store(given.store, aws=settings.kind == "aws"):
        places = "file:///..., https://..." + (" or s3://..." if settings.kind == "aws" else "")
        yield Refusal(
            at="artifacts.store",
            what=f"{places}, as the nodes see it",
            found=shown(given.store) if given.store else "missing",
            why="the nodes install every program from there",
            fix="such as file:///opt/quorate/store",
        )
    if not given.manifest and not given.digests:
        yield Refusal(
            at="artifacts.manifest",
            what="set with a store",
            found="missing",
            why="without digests a changed file of the store would be installed as root, unnoticed",
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
            what=f"file://{PLACE}, followed by the last folders of the manifest's path if it is deeper",
            found=f"{given.store}, with the manifest {given.manifest}",
            why="the machines on this computer see one folder there, which is derived from both",
            fix=f"such as file://{PLACE}/1.36.3 with stores/1.36.3/manifest.json",
        )


def audit_log(settings: Settings) -> Iterator[Refusal]:
    """The files of the audit log together do not fill a disk."""
    audit = settings.control_plane.audit
    whole = (audit.max_backups + 1) * audit.max_size_megabytes
    if whole > LARGEST_LOG and audit.max_backups <= MOST_FILES and audit.max_size_megabytes <= LARGEST_FILE:
        yield Refusal(
            at="controlPlane.audit",
            what=f"at most {LARGEST_LOG} MB in all files together",
            found=f"{audit.max_backups} old files and the current one, of {audit.max_size_megabytes} MB each",
            why="the log is on the disk of the operating system, and a full disk stops the node",
            fix="lower maxBackups or maxSizeMegabytes; ship the log elsewhere to keep it longer",
        )


def reservations(settings: Settings) -> Iterator[Refusal]:
    """Reservations are plausible; `plan.validation.capacity` compares them with machines of known size."""
    plane = settings.control_plane
    for part, kept in (("kubeReserved", plane.kube_reserved), ("systemReserved", plane.system_reserved)):
        why = "the kubelet refuses to start if it reserves more than the machine has"
        if (millicores(kept.cpu) or 0) > MOST_RESERVED.millicores:
            at, what = f"controlPlane.{part}.cpu", f"at most {MOST_RESERVED.millicores // 1000} processors"
            yield Refusal(at=at, what=what, found=kept.cpu, why=why, fix="such as 500m")
        if (octets(kept.memory) or 0) > MOST_RESERVED.memory:
            at, what = f"controlPlane.{part}.memory", f"at most {MOST_RESERVED.memory // 2**30}Gi"
            yield Refusal(at=at, what=what, found=kept.memory, why=why, fix="such as 1Gi")
