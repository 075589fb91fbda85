"""One control group for each machine in every hierarchy of this host, whether cgroup v1, v2 or both are mounted.

Machines in one group of a hierarchy would share /kubepods in it, and each kubelet would end the other's pods.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from provider.local.machines.place import Place
from provider.local.machines.unable import Unable

_LEFT_SECONDS = 60.0  # milliseconds on an idle host; the kernel removes a machine's processes one by one


@dataclass(frozen=True, kw_only=True)
class Hierarchy:
    """A mounted cgroup file system. `controllers` is empty for v2, which lists its own controllers."""

    mount: Path
    unified: bool
    controllers: frozenset[str]


def hierarchies() -> tuple[Hierarchy, ...]:
    """Every hierarchy of this host, once."""
    found: dict[str, Hierarchy] = {}
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        before, _, after = line.partition(" - ")
        device, mount = before.split()[2], before.split()[4]
        kind, _, options = after.split(" ", 2)
        if kind in {"cgroup", "cgroup2"}:
            controllers = frozenset(options.split(",")) if kind == "cgroup" else frozenset()
            found.setdefault(device, Hierarchy(mount=Path(mount), unified=kind == "cgroup2", controllers=controllers))
    return tuple(found.values())


def groups(place: Place) -> tuple[tuple[Hierarchy, Path], ...]:
    """The machine's group in each hierarchy, existing or not."""
    # At the top level, because below a v2 group with processes, such as the caller's, no group can have controllers.
    return tuple((hierarchy, hierarchy.mount / f"quorate.{place.title}") for hierarchy in hierarchies())


def prepare(place: Place, memory_megabytes: int | None) -> tuple[Path, ...]:
    """Recreate the groups; returns the files into which the machine's first process writes its id."""
    sweep(place)
    for hierarchy, group in groups(place):
        if hierarchy.unified:
            _delegate(hierarchy.mount)
        group.mkdir(exist_ok=True)
        if "cpuset" in hierarchy.controllers:
            # A new v1 cpuset is empty, and an empty one accepts no process.
            for name in ("cpuset.cpus", "cpuset.mems"):
                (group / name).write_text((hierarchy.mount / name).read_text(encoding="ascii"), encoding="ascii")
        _limit(hierarchy, group, memory_megabytes)
    return tuple(group / "cgroup.procs" for _, group in groups(place))


def sweep(place: Place) -> None:
    """Remove a machine's groups: with leftovers, the next kubelet started its pods 40 s late. Raises `Unable`."""
    deadline = time.monotonic() + _LEFT_SECONDS
    while left := [group for _, group in groups(place) if group.is_dir() and not _removed(group)]:
        for number in {number for group in left for number in _processes(group)}:
            # The groups contain only this machine, and its supervisor is already gone.
            with suppress(ProcessLookupError):
                os.kill(int(number), signal.SIGKILL)
        if time.monotonic() > deadline:
            raise Unable(
                f"no process is left in the control groups of {place.title}",
                got="; ".join(f"{group}: {' '.join(_processes(group))}" for group in left),
                why="a machine starts in its own groups",
                fix="end these processes",
            )
        time.sleep(0.02)


def present(place: Place) -> bool:
    """Whether any group of the machine still exists."""
    return any(group.is_dir() for _, group in groups(place))


def _delegate(top: Path) -> None:
    for controller in (top / "cgroup.controllers").read_text(encoding="ascii").split():
        # An unavailable controller (real-time scheduling can block cpu) must not prevent the others.
        with suppress(OSError):
            (top / "cgroup.subtree_control").write_text(f"+{controller}", encoding="ascii")


def _limit(hierarchy: Hierarchy, group: Path, megabytes: int | None) -> None:
    if megabytes is None:
        return
    name = "memory.max" if hierarchy.unified else "memory.limit_in_bytes"
    if (group / name).exists():
        (group / name).write_text(str(megabytes * 2**20), encoding="ascii")


def _removed(group: Path) -> bool:
    for folder in sorted(_folders(group), key=lambda folder: len(folder.parts), reverse=True):
        try:
            folder.rmdir()
        except FileNotFoundError:
            continue
        except OSError:
            return False
    return True


def _folders(group: Path) -> Iterator[Path]:
    yield group
    for folder in group.rglob("*/"):
        if folder.is_dir():
            yield folder


def _processes(group: Path) -> list[str]:
    found: list[str] = []
    for folder in _folders(group):
        with suppress(OSError):
            found += (folder / "cgroup.procs").read_text(encoding="ascii").split()
    return found
