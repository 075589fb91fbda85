"""What a node needs beyond a plain cloud image: one list for every source (requirements BOOT-02, BOOT-05).

The distribution's packages have the same names on all supported releases. A store carries them as files; with
packages as the source, the node's repositories have them. Agent, store and image recipe all work from this list.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from documents.balancing import balances, role
from plan import Node, Plan
from plan.settings import Settings

EVERYWHERE = ("chrony", "iproute2", "nftables")
# kubeadm's preflight requires conntrack (kubernetes/cmd/kubeadm/app/preflight/checks_linux.go), modprobe is kmod's.
NODE = ("conntrack", "kmod")
# runc contains C as well as Go, so it cannot be cross-built like the other programs; containerd.io includes its own.
STORE_NODE = ("runc",)
ENDPOINT = {
    "haproxy": ("haproxy", "keepalived", "curl"),
    "nginx": ("nginx", "libnginx-mod-stream", "keepalived", "curl"),
}
KUBERNETES = ("kubeadm", "kubelet", "kubectl")
WORKER = ("kubelet",)
ETCD = ("etcd-server", "etcd-client")
# containerd's configuration has version 3, which containerd 1 refuses; the distributions' own is older than 2.
RUNTIME, RUNTIME_MINIMUM = "containerd.io", "2"


@dataclass(frozen=True, kw_only=True)
class Package:
    """A package by name. `version` is a prefix, because a repository adds its own revision: 1.36.3 accepts 1.36.3-1.1.

    `minimum`: the oldest version that works. `held`: only the plan upgrades it, never the machine itself.
    """

    name: str
    version: str | None = None
    minimum: str | None = None
    held: bool = False


def packages(plan: Plan, node: Node) -> tuple[Package, ...]:
    """Every package that the node needs, sorted by name."""
    return tuple(sorted(_packages(plan, node), key=lambda package: package.name))


def carried() -> tuple[str, ...]:
    """Every package that a store carries, for nodes of every kind, sorted."""
    front = {name for names in ENDPOINT.values() for name in names}
    return tuple(sorted({*EVERYWHERE, *NODE, *STORE_NODE, *front}))


def _packages(plan: Plan, node: Node) -> Iterator[Package]:
    settings = plan.settings
    names = set(EVERYWHERE)
    if balances(plan, node):
        names.update(ENDPOINT[settings.endpoint.balancer])
    if role(plan, node) in {"control-plane", "worker"}:
        names.update(NODE)
        names.update(STORE_NODE if settings.artifacts.source == "store" else ())
    yield from (Package(name=name) for name in names)
    if settings.artifacts.source == "packages":
        yield from _programs(settings, role(plan, node))


def _programs(settings: Settings, role: str) -> Iterator[Package]:
    """The programs that a store contains as files."""
    if role not in {"control-plane", "worker"}:
        return
    kubernetes = KUBERNETES if role == "control-plane" else WORKER
    yield from (Package(name=n, version=settings.control_plane.kubernetes_version, held=True) for n in kubernetes)
    yield Package(name=RUNTIME, minimum=RUNTIME_MINIMUM, held=True)
    if role == "control-plane":
        yield from (Package(name=name, version=settings.etcd.version, held=True) for name in ETCD)
