"""The content of a machine's image. Its digest names the image, so a changed recipe builds a new one."""

import hashlib
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass

SUITE = "bookworm"

# What every cloud image has in some form: it boots, and people and the agent can log in and find their tools.
BASE = (
    "systemd",
    "systemd-sysv",
    "dbus",
    "openssh-server",
    "python3",
    "ca-certificates",
    "iputils-ping",
    "mount",
    "openssl",
    "procps",
)
# Packages that a store contains for nodes on plain images (documents/packages.py; a test compares the two).
CARRIED = (
    "chrony",
    "conntrack",
    "curl",
    "haproxy",
    "iproute2",
    "keepalived",
    "kmod",
    "libnginx-mod-stream",
    "nftables",
    "nginx",
    "runc",
)
# Machines can start from another root: `plain` has BASE only, so that they install everything from the store, as
# instances of a plain cloud image do; an absolute path names a root from another source (`workbench.baking`).
CHOSEN = os.environ.get("QUORATE_IMAGE", "")
PACKAGES = BASE if CHOSEN == "plain" else (*BASE, *CARRIED)

# systemd-nspawn mounts these read-only, but the kubelet makes control groups and sets kernel parameters. After
# systemd-sysctl, because booting a machine would otherwise set parameters of the host that have no namespace.
_WRITABLE = """\
[Unit]
Description=Control groups and kernel parameters are writable in this machine
DefaultDependencies=no
After=local-fs.target systemd-sysctl.service
Before=sysinit.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'for place in /sys/fs/cgroup /sys/fs/cgroup/* /proc/sys; do \\
    if mountpoint -q $place; then mount -o remount,bind,rw $place; fi; done'
[Install]
WantedBy=sysinit.target
"""

# Services only run if the agent starts them; the packages' defaults would start haproxy, nginx and keepalived.
_PRESET = """\
enable ssh.service
enable systemd-networkd.service
enable quorate-writable.service
disable *
"""

_SSHD = """\
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
PasswordAuthentication no
UseDNS no
"""

FILES = {
    "etc/systemd/system/quorate-writable.service": _WRITABLE,
    "etc/systemd/system-preset/00-quorate.preset": _PRESET,
    "etc/ssh/sshd_config.d/10-quorate.conf": _SSHD,
    # A machine cannot reach other networks; without a server glibc uses 127.0.0.1, which refuses immediately instead of
    # timing out.
    "etc/resolv.conf": "# names come from /etc/hosts\n",
    "etc/fstab": "",
}

FOLDERS = ("opt/quorate/store", "opt/cni/bin", "root/.ssh", "var/lib/containerd", "var/lib/etcd")

# Created by the packages' scripts; each machine needs its own.
UNWANTED = (
    "etc/ssh/ssh_host_*",
    "etc/machine-id",
    "var/lib/dbus/machine-id",
    "etc/hostname",
    "var/cache/apt/archives/*.deb",
)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A Debian root. `files` maps paths to their text, `folders` are made empty, `unwanted` are removed (glob).

    `edits`: path, a text in the package's file, and its replacement.
    """

    suite: str
    packages: tuple[str, ...]
    files: Mapping[str, str]
    folders: tuple[str, ...]
    unwanted: tuple[str, ...]
    edits: tuple[tuple[str, str, str], ...] = ()

    @property
    def digest(self) -> str:
        """16 hexadecimal digits that change with anything in the recipe, or with the kind of processor."""
        edits = [self.edits] if self.edits else []
        made_of = (self.suite, self.packages, dict(self.files), self.folders, self.unwanted, *edits, platform.machine())
        text = json.dumps(made_of, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


MACHINES = Recipe(suite=SUITE, packages=PACKAGES, files=FILES, folders=FOLDERS, unwanted=UNWANTED)


def digest() -> str:
    """The recipe of the machines' image."""
    return MACHINES.digest
