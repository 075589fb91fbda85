"""The parts of the store, and the file from which each one is built."""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from provider.local.machines.unable import Unable

PROGRAMS = (
    "containerd",
    "containerd-shim-runc-v2",
    "ctr",
    "etcd",
    "etcdctl",
    "etcdutl",
    "kubeadm",
    "kubectl",
    "kubelet",
)
PLUGINS = ("host-local", "loopback", "portmap", "ptp")
# The first four run on every node. The others belong to add-ons: a plan without these leaves their images out.
IMAGES = (
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "pause",
    "coredns",
    "kube-proxy",
    "metrics-server",
)
# Programs that a program calls, by their paths in a machine's root: kube-proxy in its nftables mode calls nft.
CALLED = {"kube-proxy": "/usr/sbin/nft"}
# kubeadm names the images that it knows of.
NAMED = {"metrics-server": "registry.k8s.io/metrics-server/metrics-server:v0.9.0"}


@dataclass(frozen=True, kw_only=True)
class PackageFile:
    """One package of a distribution. `release` is such as debian-12 (ID and VERSION_ID of os-release(5)).

    `needed_by`: the packages that nodes need and that this is, or is a dependency of.
    """

    file: Path
    release: str
    name: str
    version: str
    needed_by: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One file of the store. `path` is relative to the store; `kind` is binary, cni, image or package.

    `called`: a file in the machines' root that the image's program calls. `package`: the package, if it is one.
    """

    path: str
    kind: str
    program: Path
    called: Path | None = None
    package: PackageFile | None = None

    @property
    def name(self) -> str:
        """The program's name."""
        return self.program.name


def parts(programs: Path, root: Path, packages: Sequence[PackageFile] = ()) -> tuple[Part, ...]:
    """Every part, sorted by path. Raises `Unable` with all programs that are missing.

    `root`: a file system for the nodes' processor. Without it, images that need a part of it are skipped.
    """
    found = (
        *(
            Part(path=f"packages/{p.release}/{_without_epoch(p.file.name)}", kind="package", program=p.file, package=p)
            for p in packages
        ),
        *(Part(path=f"bin/{name}", kind="binary", program=programs / "bin" / name) for name in PROGRAMS),
        *(Part(path=f"cni/{name}", kind="cni", program=programs / "cni" / name) for name in PLUGINS),
        *(
            Part(path=f"images/{name}.tar", kind="image", program=programs / "bin" / name, called=_called(name, root))
            for name in IMAGES
            if name not in CALLED or root.is_dir()
        ),
    )
    missing = [f"{part.program.parent.name}/{part.name}" for part in found if not part.program.is_file()]
    if missing:
        raise Unable(
            f"the built programs are in {programs}",
            got=f"missing: {', '.join(missing)}",
            why="a machine installs all of these programs",
            fix="build them with `make setup`",
        )
    return tuple(sorted(found, key=lambda part: part.path))


def references(kubeadm: Path) -> dict[str, str]:
    """The full name of every image by the name of its program, as this kubeadm expects it. Raises `Unable`."""
    try:
        version = _said(kubeadm, "version", "--output=short")
        # With a full version it does not look up the newest one on the Internet.
        names = _said(kubeadm, "config", "images", "list", f"--kubernetes-version={version}").split()
    except (OSError, subprocess.CalledProcessError) as reason:
        raise Unable(
            "kubeadm reports the images that it expects",
            got=str(reason),
            why="kubeadm would not find images with other names",
            fix=f"check that {kubeadm} runs on this computer",
        ) from reason
    return {**NAMED, **{name.rpartition(":")[0].rpartition("/")[2]: name for name in names}}


def _without_epoch(name: str) -> str:
    """apt writes the epoch's colon as %3a, which web servers would decode; nothing reads the version from the name."""
    return re.sub(r"_\d+%3a", "_", name)


def _called(name: str, root: Path) -> Path | None:
    return root / CALLED[name].lstrip("/") if name in CALLED else None


def _said(program: Path, *words: str) -> str:
    return subprocess.run([program, *words], capture_output=True, text=True, check=True).stdout.strip()
