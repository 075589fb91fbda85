"""Small stand-ins for the built programs: real ELF headers, and a kubeadm that names images."""

import struct
from pathlib import Path

KUBEADM = """#!/bin/sh
case $1 in
version) echo v1.2.3 ;;
config)
    for name in apiserver controller-manager scheduler proxy; do echo registry.example/kube-$name:v1.2.3; done
    echo registry.example/coredns/coredns:v1
    echo registry.example/pause:3.1
    ;;
esac
"""


def elf(*, machine: int = 0x3E, segments: tuple[int, ...] = (), body: bytes = b"") -> bytes:
    """A 64-bit little-endian program whose segments have the given types (elf(5))."""
    head = b"\x7fELF\x02\x01\x01" + bytes(9)
    head += struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, 0, 64, 0, 0, 64, 56, len(segments), 0, 0, 0)
    return head + b"".join(struct.pack("<I", kind) + bytes(52) for kind in segments) + body


def write(folder: Path) -> Path:
    """A complete set of programs."""
    names = {
        "bin": (
            *("containerd", "containerd-shim-runc-v2", "ctr", "etcd", "etcdctl", "etcdutl", "kubectl", "kubelet"),
            *("kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler", "pause"),
            *("coredns", "metrics-server"),
        ),
        "cni": ("host-local", "loopback", "portmap", "ptp"),
    }
    for part, programs in names.items():
        (folder / part).mkdir(parents=True)
        for name in programs:
            place(folder / part / name, elf(body=name.encode()))
    place(folder / "bin" / "kubeadm", KUBEADM.encode())
    return folder


def place(path: Path, content: bytes) -> None:
    """Put a program there as a new file, as a build does."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)
    path.chmod(0o755)
