"""Where things are on a node (kubeadm's and each program's own conventions)."""

from plan.settings import Settings

KUBERNETES = "/etc/kubernetes"
PKI = f"{KUBERNETES}/pki"
ETCD_PKI = f"{PKI}/etcd"
# The one certificate that signs: ca.crt has two of them while an authority is rotated, and the controller-manager
# refuses to sign with such a file.
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
# Hosts have no program in user data: the agent leaves a copy of itself for what services and timers run.
AGENT = "/usr/local/lib/quorate/agent.pyz"
BALANCER_AUTHORITY = "/etc/haproxy/ca.crt"
CONTAINERD_SOCKET = "unix:///run/containerd/containerd.sock"


def program(name: str, settings: Settings) -> str:
    """Absolute path of an installed program: store files go to /usr/local/bin, packages bring /usr/bin."""
    return f"/usr/local/bin/{name}" if settings.artifacts.source == "store" else f"/usr/bin/{name}"
