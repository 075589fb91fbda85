"""A volume inside its instance: a device with an NVMe name, and the links that udev would create.

An instance only sees its own disks. In a container /sys lists those of the computer, so /sys/block is covered by a
folder with this instance's.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from provider.local.machines.requirement import program

LABELS, IDENTITIES = "/dev/disk/by-label", "/dev/disk/by-uuid"
_SCRIPT = """
set -eu
if ! [ -e /sys/block/.own ]; then
    mount -t tmpfs -o mode=755 disks /sys/block
    touch /sys/block/.own
fi
cd /sys/block
for name in *; do case " $1 " in *" $name:"*) ;; *) rm -f "$name"; rm -f "/dev/$name";; esac; done
for pair in $1; do
    name=${pair%%:*} rest=${pair#*:} loop=${rest%%:*} numbers=${rest#*:}
    [ -e "$name" ] || ln -s "../devices/virtual/block/$loop" "$name"
    [ -b "/dev/$name" ] || { mknod "/dev/$name" b "${numbers%%.*}" "${numbers##*.}"; chmod 660 "/dev/$name"; }
done
mkdir -p /dev/disk/by-label /dev/disk/by-uuid
for link in /dev/disk/by-label/* /dev/disk/by-uuid/*; do
    case " $2 " in *" $link="*) ;; *) rm -f "$link";; esac
done
for pair in $2; do ln -sfn "../../${pair##*=}" "${pair%%=*}"; done
"""


def name(position: int) -> str:
    """Linux's name of the disk at a position: the root's is nvme0n1."""
    return f"nvme{position}n1"


def show(leader: int, devices: Mapping[str, Path]) -> None:
    """Let the instance whose first process is `leader` see only these disks, by these names."""
    disks, links = [], []
    for disk, device in devices.items():
        numbers = device.stat().st_rdev
        disks.append(f"{disk}:{device.name}:{os.major(numbers)}.{os.minor(numbers)}")
        links += [f"{link}={disk}" for link in _links(device)]
    enter = [program("nsenter"), f"--target={leader}", "--mount", "--"]
    subprocess.run(
        [*enter, "/bin/sh", "-c", _SCRIPT, "sh", " ".join(disks), " ".join(links)],
        check=True,
        capture_output=True,
        text=True,
    )


def seen(devices: Mapping[str, Path]) -> tuple[object, ...]:
    """A value that changes when the instance must see other disks."""
    return tuple((disk, device.name, *_links(device)) for disk, device in devices.items())


def _links(device: Path) -> list[str]:
    # A probe of the device itself: blkid's cache is outdated after an instance writes.
    probe = subprocess.run(
        [program("blkid"), "--probe", "--output", "export", str(device)], check=False, capture_output=True, text=True
    )
    found = dict(line.partition("=")[::2] for line in probe.stdout.splitlines())
    links = []
    if found.get("LABEL"):
        links.append(f"{LABELS}/{found['LABEL']}")
    if found.get("UUID"):
        links.append(f"{IDENTITIES}/{found['UUID']}")
    return links
