"""Which programs are built, from which Go package, at the version that the group's go.mod pins."""

import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
GROUPS = ("cli", "kubernetes", "etcd", "containerd", "cni", "coredns", "metrics-server", "pause", "workload")


@dataclass(frozen=True, kw_only=True)
class Program:
    """One executable. `folder` is bin (runs on a node), cni (a network plugin) or cli (runs where Pulumi runs)."""

    name: str
    group: str
    package: str
    folder: str = "bin"
    stamps: tuple[str, ...] = ()  # linker variables that hold the version, as NAME=VALUE

    @property
    def place(self) -> Path:
        """Its path inside a set of programs."""
        return Path(self.folder) / self.name


def module(group: str) -> Path:
    """The folder with the group's go.mod and go.sum."""
    return HERE / group


def version(group: str, required: str) -> str:
    """The version of module path `required` in the group's go.mod, such as v1.36.3."""
    text = (module(group) / "go.mod").read_text(encoding="utf-8")
    found = re.search(rf"^(?:require)?\s+{re.escape(required)} (v\S+)", text, re.MULTILINE)
    if found is None:
        message = f"{module(group) / 'go.mod'} does not require {required}"
        raise ValueError(message)
    return found[1]


def kubernetes_stamps(group: str = "kubernetes") -> tuple[str, ...]:
    """Kubernetes refuses to work with programs of an unknown version, so its own release build sets these."""
    full = version(group, "k8s.io/kubernetes")
    major, minor, _ = full.removeprefix("v").split(".", 2)
    component = "k8s.io/component-base/version"
    return (
        f"{component}.gitVersion={full}",
        f"{component}.gitMajor={major}",
        f"{component}.gitMinor={minor}",
        f"{component}.gitTreeState=clean",
        f"k8s.io/client-go/pkg/version.gitVersion={full}",
    )


def metrics_server() -> Program:
    """metrics-server, which reports its version to the API server."""
    package = "sigs.k8s.io/metrics-server"
    stamp = f"k8s.io/client-go/pkg/version.gitVersion={version('metrics-server', package)}"
    return Program(
        name="metrics-server", group="metrics-server", package=f"{package}/cmd/metrics-server", stamps=(stamp,)
    )


def pulumi() -> Program:
    """The Pulumi CLI."""
    stamp = f"github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={pulumi_version()}"
    package = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
    return Program(name="pulumi", group="cli", package=package, folder="cli", stamps=(stamp,))


def pulumi_version() -> str:
    """The pinned version of the CLI, such as v3.259.0."""
    return version("cli", "github.com/pulumi/pulumi/pkg/v3")


def catalog() -> tuple[Program, ...]:
    """Every program: the CLI first, because the rest of the project can start with it."""
    stamps = kubernetes_stamps()
    kubernetes = [
        Program(name=name, group="kubernetes", package=f"k8s.io/kubernetes/cmd/{name}", stamps=stamps)
        for name in (
            "kubeadm",
            "kubectl",
            "kubelet",
            "kube-apiserver",
            "kube-controller-manager",
            "kube-scheduler",
            "kube-proxy",
        )
    ]
    etcd = [
        Program(name=name, group="etcd", package=f"go.etcd.io/etcd/{package}/v3")
        for name, package in (("etcd", "server"), ("etcdctl", "etcdctl"), ("etcdutl", "etcdutl"))
    ]
    containerd = [
        Program(name=name, group="containerd", package=f"github.com/containerd/containerd/v2/cmd/{name}")
        for name in ("containerd", "containerd-shim-runc-v2", "ctr")
    ]
    plugins = "github.com/containernetworking/plugins/plugins"
    cni = [
        Program(name=Path(path).name, group="cni", package=f"{plugins}/{path}", folder="cni")
        for path in ("main/loopback", "main/ptp", "ipam/host-local", "meta/portmap")
    ]
    own = [
        Program(name=name, group=name, package=f"quorate/programs/{name}") for name in ("coredns", "pause", "workload")
    ]
    return (pulumi(), *kubernetes, *etcd, *containerd, *cni, metrics_server(), *own)
