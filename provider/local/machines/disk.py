"""A machine's disk: its own layer over the image, and folders for the two programs that need a plain file system."""

import os
import secrets
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from provider.local.machines import record
from provider.local.machines.folder import remove
from provider.local.machines.place import Place
from provider.local.machines.unable import Unable

# containerd uses its own overlays, which cannot be stacked; etcd needs a real fsync.
PLAIN = {"containerd": "/var/lib/containerd", "etcd": "/var/lib/etcd"}
_NEEDED_MEGABYTES = 2048  # a control-plane node used 1.2 GB once its images were imported


@dataclass(frozen=True, kw_only=True)
class Disk:
    """`generation` is a new UUID for every disk: callers that remember it notice a replaced disk."""

    generation: str
    image: Path


def find(place: Place) -> Disk | None:
    """The machine's disk, or None."""
    kept = record.read(place.disk / "disk.json")
    if kept is None:
        return None
    return Disk(generation=str(kept["generation"]), image=Path(str(kept["image"])))


def make(place: Place, image: Path) -> Disk:
    """A new empty disk over the image. Raises `Unable` when there is no room for one."""
    sweep(place)
    place.folder.mkdir(parents=True, exist_ok=True)
    _check_room(place)
    new = place.folder / "disk.new"
    new.mkdir()
    layers = new / "layers"
    layers.mkdir(mode=0o700)
    # etcd warns about a data directory that others can read.
    for name, mode in (("upper", 0o755), ("work", 0o700), ("containerd", 0o711), ("etcd", 0o700)):
        (layers / name).mkdir()
        (layers / name).chmod(mode)
    if (baked := image / "var/lib/containerd").is_dir():
        _seed(baked, layers / "containerd")
    disk = Disk(generation=str(uuid.uuid4()), image=image)
    _write(layers / "upper", "etc/machine-id", f"{secrets.token_hex(16)}\n")
    record.write(new / "disk.json", {"generation": disk.generation, "image": str(image)})
    new.rename(place.disk)
    return disk


def _seed(baked: Path, own: Path) -> None:
    """Give the machine the images that its root was baked with, without copying them.

    containerd never changes a blob or a committed snapshot, so machines share them by hard links; its databases it does
    change.
    """

    def place(source: str, target: str) -> None:
        if not source.endswith(".db") and Path(source).lstat().st_dev == own.stat().st_dev:
            os.link(source, target, follow_symlinks=False)
        else:
            shutil.copy2(source, target, follow_symlinks=False)

    shutil.copytree(baked, own, copy_function=place, symlinks=True, dirs_exist_ok=True)


def write(place: Place, name: str, text: str, *, mode: int = 0o644) -> None:
    """Write a file to the disk of a machine that is not running. `name` is relative to the machine's root."""
    _write(place.layers / "upper", name, text, mode=mode)


def wipe(place: Place) -> None:
    """Discard the disk. Remove the disk. It is gone immediately, even if the removal is interrupted."""
    if place.disk.exists():
        place.disk.rename(place.folder / f"disk.lost-{uuid.uuid4().hex}")
    sweep(place)


def sweep(place: Place) -> None:
    """Remove leftovers of disks that were discarded or never completed."""
    for left in (*place.folder.glob("disk.lost-*"), *place.folder.glob("disk.new")):
        remove(left)


def overlay(place: Place, disk: Disk) -> str:
    """The options with which the disk is mounted (kernel documentation, overlayfs)."""
    if not disk.image.is_dir():
        raise Unable(
            f"the image below the disk of {place.title} exists",
            got=f"{disk.image} is gone",
            why="a disk only contains the differences from its image",
            fix=f"`python -m provider.local.machines destroy {place.fleet} {place.name}`, then make the machine again",
        )
    upper, work = place.layers / "upper", place.layers / "work"
    return f"lowerdir={disk.image},upperdir={upper},workdir={work}"


def _check_room(place: Place) -> None:
    free = shutil.disk_usage(place.folder).free // 2**20
    if free < _NEEDED_MEGABYTES:
        raise Unable(
            f"a new machine needs {_NEEDED_MEGABYTES} MB on the file system of {place.folder}",
            got=f"{free} MB free",
            why="a disk that fills up while etcd runs breaks the cluster",
            fix="free space, or destroy machines that `python -m provider.local.machines list` shows",
        )


def _write(top: Path, name: str, text: str, *, mode: int = 0o644) -> None:
    path = top / name
    for folder in reversed(path.relative_to(top).parents):
        if not (top / folder).is_dir():
            (top / folder).mkdir()
            (top / folder).chmod(0o755)  # independent of the caller's umask: it is visible through the image's folder
    new = path.with_name(f".{path.name}.new")
    new.touch(mode=0o600)
    new.chmod(mode)
    new.write_text(text, encoding="utf-8")
    new.replace(path)
