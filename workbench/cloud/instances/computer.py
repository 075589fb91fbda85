"""Files in the image for this computer, which an EC2 instance does not need.

Documents, agent and programs are the same as on EC2, which has cgroup version 2, all of root's capabilities and its own
kernel. These files make up for what this computer lacks.
"""

from collections.abc import Mapping
from pathlib import Path

UNIFIED = Path("/sys/fs/cgroup/cgroup.controllers")
RESOURCE = 24  # CAP_SYS_RESOURCE, linux/capability.h

# Kernel parameters that a node sets and the whole computer shares. Each instance writes to its own files instead.
PARAMETERS = (
    *("kernel/keys/root_maxbytes", "kernel/keys/root_maxkeys", "kernel/panic", "kernel/panic_on_oops"),
    *("vm/overcommit_memory", "vm/panic_on_oom"),
)

_KUBEADM = """\
#!/bin/sh
# This computer has cgroup version 1, which kubeadm refuses.
if [ "$1" = init ] && [ "$2" != phase ]; then
    shift
    exec /usr/local/bin/kubeadm init --ignore-preflight-errors=SystemVerification "$@"
fi
exec /usr/local/bin/kubeadm "$@"
"""
_FLAGS = "/var/lib/kubelet/kubeadm-flags.env"
# Every instance has the computer's disk: how full that is says nothing about the instance ("0%" turns a signal off).
_DISKS = ",".join(f"{disk}.{what}<0%" for disk in ("nodefs", "imagefs") for what in ("available", "inodesFree"))
_EVICTION = f"--eviction-hard=memory.available<100Mi,{_DISKS}"
_OLD_GROUPS = "--fail-cgroupv1=false"  # the kubelet refuses cgroup version 1
_KUBELET = """\
# What this computer has differs from EC2.
[Service]
ExecStartPre=/bin/sh -c 'grep -q eviction-hard PLACE || sed -i "s/\\\\"$/ FLAGS\\\\"/" PLACE'
"""
_RUNC = """\
#!/bin/sh
bundle= previous=
for word in "$@"; do
    case "$previous" in --bundle | -b) bundle=$word ;; esac
    previous=$word
done
if [ -f "$bundle/config.json" ]; then
    cd "$bundle" || exit 126
PARTS
    cd /
fi
for program in /usr/local/bin/runc /usr/sbin/runc; do
    if [ -x "$program" ]; then exec "$program" "$@"; fi
done
exit 127
"""
_SCORE = """\
    # Root of this computer may not protect a process from the kernel's out-of-memory killer.
    sed -i 's/"oomScoreAdj":-[0-9]*/"oomScoreAdj":0/' config.json"""
_CONNECTIONS = """\
    # The size of the kernel's table of connections is the whole computer's: no other network namespace may set it.
    place=$(sed -n 's|.*"destination":"/var/lib/kube-proxy",[^}]*"source":"\\([^"]*\\)".*|\\1|p' config.json)
    if [ -n "$place" ]; then
        cp -rL "$place" kube-proxy
        printf 'conntrack: {maxPerCore: 0, min: 0}\\n' >> kube-proxy/config.yaml
        sed -i "s|\\"source\\":\\"$place\\"|\\"source\\":\\"$bundle/kube-proxy\\"|" config.json
    fi"""


def files() -> Mapping[str, str]:
    """Paths in the image with their contents."""
    old_groups = not UNIFIED.exists()
    return {
        "etc/systemd/system/kubelet.service.d/10-computer.conf": kubelet(old_groups=old_groups),
        "usr/local/sbin/runc": runc(may_protect=_may(RESOURCE)),
        **({"usr/local/sbin/kubeadm": _KUBEADM} if old_groups else {}),
    }


def kubelet(*, old_groups: bool) -> str:
    """Additions to the kubelet's unit. `old_groups`: the computer has cgroup version 1."""
    flags = f"{_EVICTION} {_OLD_GROUPS}" if old_groups else _EVICTION
    # systemd.unit(5): a percent sign is written twice.
    return _KUBELET.replace("FLAGS", flags.replace("%", "%%")).replace("PLACE", _FLAGS)


def runc(*, may_protect: bool) -> str:
    """The program before runc, which changes a container's configuration to one that this computer permits.

    `may_protect`: root may lower a process's score for the kernel's out-of-memory killer.
    """
    return _RUNC.replace("PARTS", _CONNECTIONS if may_protect else f"{_SCORE}\n{_CONNECTIONS}")


def _may(capability: int) -> bool:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("CapBnd:"))
    return bool(int(line.split()[1], 16) >> capability & 1)
