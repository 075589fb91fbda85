"""Removing folders that may hold the root of a machine."""

import shutil
from pathlib import Path

from provider.local.machines.unable import Unable


def remove(folder: Path) -> None:
    """Remove a folder that may hold a root; never follows a mount, which could be the host's own /proc or a device."""
    mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()]
    inside = [mount for mount in mounts if Path(mount).is_relative_to(folder.resolve())]
    if inside:
        raise Unable(
            f"nothing is mounted below {folder}",
            got=", ".join(inside),
            why="removing the folder would remove what is mounted",
            fix=f"umount {' '.join(reversed(inside))}",
        )
    shutil.rmtree(folder)
