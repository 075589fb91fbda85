"""Packages of a host where programs come from signed repositories (requirements BOOT-02, BOOT-05)."""

from documents.balancing import balances, role
from plan import Node, Plan

# Revision of the first build of a release in Kubernetes' own repository; a rebuild would count on.
KUBERNETES_REVISION = "1.1"

EVERYWHERE = ("chrony", "iproute2", "nftables")
ENDPOINT = {
    "haproxy": ("haproxy", "keepalived", "curl"),
    "nginx": ("nginx", "libnginx-mod-stream", "keepalived", "curl"),
}
# containerd.io, because Debian's own containerd is older than version 2; the tools are what kubeadm's preflight wants.
NODE = ("containerd.io", "conntrack", "ethtool", "iptables", "kmod", "socat")
CONTROL_PLANE = ("etcd-server", "etcd-client")
KUBERNETES = ("kubeadm", "kubelet", "kubectl")


def packages(plan: Plan, node: Node) -> dict[str, str | None]:
    """Version by package name, sorted; None: as the repository has it."""
    settings = plan.settings
    names = set(EVERYWHERE)
    pinned: dict[str, str] = {}
    if balances(plan, node):
        names.update(ENDPOINT[settings.endpoint.balancer])
    if role(plan, node) == "worker":
        names.update(NODE)
        pinned = {"kubelet": f"{settings.control_plane.kubernetes_version}-{KUBERNETES_REVISION}"}
    if role(plan, node) == "control-plane":
        names.update((*NODE, *CONTROL_PLANE))
        version = f"{settings.control_plane.kubernetes_version}-{KUBERNETES_REVISION}"
        pinned = dict.fromkeys(KUBERNETES, version)
    return {name: pinned.get(name) for name in sorted({*names, *pinned})}
