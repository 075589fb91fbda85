"""Ends containers and pods of containerd: a stopped runtime leaves its containers running (KillMode=process)."""

import os
import signal
import time

from agent.system.commands import Commands
from agent.system.host import Host

NAMESPACE = "k8s.io"
MOUNTS = ("/var/lib/kubelet/", "/run/containerd/", "/run/netns/cni-")


def _children(host: Host) -> dict[int, list[int]]:
    tree: dict[int, list[int]] = {}
    for entry in os.scandir(host.path("/proc")):
        if entry.name.isdigit():
            try:
                fields = host.path(f"/proc/{entry.name}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            tree.setdefault(int(fields[1]), []).append(int(entry.name))
    return tree


def shims(host: Host) -> list[int]:
    """The shims of Kubernetes' containers; those of other users of containerd are left alone."""
    found = []
    for entry in os.scandir(host.path("/proc")):
        if entry.name.isdigit():
            try:
                words = host.path(f"/proc/{entry.name}/cmdline").read_text(errors="replace").split("\0")
            except OSError:
                continue
            if words[0].rpartition("/")[2].startswith("containerd-shim") and NAMESPACE in words:
                found.append(int(entry.name))
    return found


def end_containers(host: Host, *, grace: float) -> None:
    """Ask every container's first process to exit, give them `grace` seconds, then kill them and their shims."""
    keepers = shims(host)
    tree = _children(host)
    inside = [child for shim in keepers for child in tree.get(shim, [])]
    if grace:
        _signal(inside, signal.SIGTERM)
        deadline = time.monotonic() + grace
        while time.monotonic() < deadline and any(host.path(f"/proc/{pid}/cmdline").exists() for pid in inside):
            time.sleep(0.1)
    _signal(inside, signal.SIGKILL)
    _signal(keepers, signal.SIGKILL)


def unmount(host: Host, commands: Commands) -> None:
    """Unmount containers and pods, the innermost first."""
    try:
        lines = host.path("/proc/self/mounts").read_text().splitlines()
    except OSError:
        return
    points = [line.split()[1].encode().decode("unicode_escape") for line in lines]
    for point in sorted((p for p in points if p.startswith(MOUNTS)), reverse=True):
        commands.succeeds("umount", "--lazy", point, timeout=10.0)


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
