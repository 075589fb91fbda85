"""Checks what this computer needs before it can run machines."""

import os
import shutil
import sys

from provider.local.machines.unable import Unable

# Debian's name of the package for each program.
PACKAGES = {
    "systemd-nspawn": "systemd-container",
    "debootstrap": "debootstrap",
    "ip": "iproute2",
    "iptables": "iptables",
    "ip6tables": "iptables",
    "nsenter": "util-linux",
    "unshare": "util-linux",
    "setsid": "util-linux",
    "ssh-keygen": "openssh-client",
    "chroot": "coreutils",
}
# The programs are in the administrator's folders, which a user's PATH may lack.
PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"))


def check(*programs: str) -> None:
    """Check before anything starts. Raises `Unable`."""
    if sys.platform != "linux":
        raise Unable(
            "machines on this computer need Linux",
            got=sys.platform,
            why="they are systemd-nspawn containers",
            fix="run this on a Linux computer, or use the stack of a cloud",
        )
    if os.geteuid() != 0:
        raise Unable(
            "machines on this computer are created by root",
            got=f"user id {os.geteuid()}",
            why="namespaces, bridges and control groups belong to root",
            fix="run the same command with sudo",
        )
    missing = [program for program in programs if shutil.which(program, path=PATH) is None]
    if missing:
        packages = sorted({PACKAGES[program] for program in missing})
        raise Unable(
            f"these programs are needed: {', '.join(programs)}",
            got=f"not installed: {', '.join(missing)}",
            why="machines are created with Debian's tools",
            fix=f"apt-get install {' '.join(packages)}",
        )


def program(name: str) -> str:
    """The absolute path of a program that `check` has seen."""
    check(name)
    return shutil.which(name, path=PATH) or name
