"""The volume of the etcd member: formatted once, recognised by its label, mounted before any step reads the data.

AWS attaches it after the instance has started. Until then nothing may run: an empty directory of the root disk would
look like a member that lost its data.
"""

import time
from collections.abc import Callable

from agent.model.failure import Failed
from agent.model.json_reading import Json, parse
from agent.system.commands import CommandFailed
from agent.system.host import Host

MOUNTED = "/var/lib/etcd"
LABEL = "quorate-etcd"
DEVICE = f"/dev/disk/by-label/{LABEL}"
OPTIONS = "noatime,nodev,nosuid,noexec"
PATIENCE = 300.0  # seconds to wait for the attachment
NOTHING_FOUND = 2  # blkid(8): the exit status of a low-level probe that finds nothing
EPHEMERAL = "Instance Storage"  # in the model name of disks that are empty after every stop


def mount(host: Host, say: Callable[[str], None], *, patience: float = PATIENCE) -> None:
    """Wait for the volume and mount it. Raises Failed."""
    if mounted(host):
        return
    deadline, reported = time.monotonic() + patience, False
    while not host.path(DEVICE).exists():
        if blank := _blank(host):
            say(f"formatting the empty volume {blank} for etcd")
            host.commands.run("mkfs.ext4", "-q", "-L", LABEL, blank, timeout=300.0)
            host.commands.succeeds("udevadm", "settle", "--timeout=30")
        elif time.monotonic() > deadline:
            raise Failed(f"no volume for etcd was attached within {patience:.0f} s; nothing was changed")
        elif not reported:
            say("waiting for the volume of etcd")
            reported = True
        time.sleep(0.5)
    host.path(MOUNTED).mkdir(mode=0o700, parents=True, exist_ok=True)
    host.commands.run("mount", "-o", OPTIONS, DEVICE, MOUNTED)
    say(f"{DEVICE} is mounted on {MOUNTED}")


def mounted(host: Host) -> bool:
    """Whether a file system is mounted there."""
    lines = host.path("/proc/self/mounts").read_text().splitlines()
    return any(line.split()[1] == MOUNTED for line in lines)


def _blank(host: Host) -> str | None:
    """The one empty disk, or None if it is not attached yet. Raises Failed if there are several."""
    out = host.commands.run("lsblk", "--json", "--output", "PATH,TYPE,MODEL,MOUNTPOINTS,PTTYPE")
    disks = [disk for disk in parse(out, at="lsblk")["blockdevices"].items() if _candidate(disk)]
    found = [disk["path"].text() for disk in disks if _is_empty(host, disk["path"].text())]
    if len(found) > 1:
        raise Failed(f"several empty disks are attached ({', '.join(found)}); cannot determine which one is etcd's")
    return found[0] if found else None


def _candidate(disk: Json) -> bool:
    used = any(point.present for point in disk["mountpoints"].items()) or disk["children"].present
    return (
        disk["type"].text() == "disk"
        and not used
        and not disk["pttype"].present
        and EPHEMERAL not in disk["model"].text("")
    )


def _is_empty(host: Host, path: str) -> bool:
    """Reads the disk itself, because udev's database may not know a disk that was just attached."""
    try:
        host.commands.run("blkid", "--probe", path)
    except CommandFailed as error:
        return error.code == NOTHING_FOUND and not host.commands.run("wipefs", "--noheadings", path).strip()
    return False
