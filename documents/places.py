"""Paths on a node (conventions of kubeadm and of each program)."""

from plan.settings import Settings

KUBERNETES = "/etc/kubernetes"
PKI = f"{KUBERNETES}/pki"
ETCD_PKI = f"{PKI}/etcd"
# The certificate that signs. During a rotation ca.crt contains two, and the controller-manager refuses to sign with
# such a file.
SIGNING = f"{PKI}/signing.crt"
# One folder of our own next to kubeadm's files: the API server mounts all of it, so that a file that is replaced by
# renaming is seen inside the container; a mount of the single file would keep showing the old one.
CONFIGURATION = f"{KUBERNETES}/quorate"
KUBEADM = f"{CONFIGURATION}/kubeadm.yaml"
AUDIT = f"{CONFIGURATION}/audit.yaml"
AUTHENTICATION = f"{CONFIGURATION}/authentication.yaml"
ENCRYPTION = f"{CONFIGURATION}/encryption.yaml"
RBAC = f"{CONFIGURATION}/rbac.yaml"
NODE = f"{CONFIGURATION}/node.yaml"
WORKERS = f"{CONFIGURATION}/workers.json"
APPROVER = f"{PKI}/approver"
AUDIT_LOG = "/var/log/kubernetes/audit"
KUBELET_SERVING = "/var/lib/kubelet/pki/serving"
UNITS = "/etc/systemd/system"
# Hosts have no user data that starts the agent, so it installs a copy of itself for services and timers.
AGENT = "/usr/local/lib/quorate/agent.pyz"
BALANCER_AUTHORITY = "/etc/haproxy/ca.crt"
CONTAINERD_SOCKET = "unix:///run/containerd/containerd.sock"


def program(name: str, settings: Settings) -> str:
    """Absolute path of an installed program: /usr/local/bin from a store, /usr/bin from packages."""
    return f"/usr/local/bin/{name}" if settings.artifacts.source == "store" else f"/usr/bin/{name}"
