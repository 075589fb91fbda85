"""The mount of the etcd volume on AWS, for every boot after the first (requirement INF-17)."""

from documents.file import File
from documents.places import UNITS

LABEL = "quorate-etcd"
UNIT = """[Unit]
Description=Volume of the etcd member

[Mount]
What=/dev/disk/by-label/quorate-etcd
Where=/var/lib/etcd
Type=ext4
Options=noatime,nodev,nosuid,noexec
# The volume may be attached minutes after the boot.
TimeoutSec=5min
"""


def files() -> tuple[File, ...]:
    """systemd requires that the unit is named after the folder; etcd's own unit requires the mount."""
    return (File(path=f"{UNITS}/var-lib-etcd.mount", content=UNIT, step="system"),)
