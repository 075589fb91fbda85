"""kubeadm's preflight errors that are expected, by the names that its `ignorePreflightErrors` takes."""

from documents.nesting import nested
from plan.settings import Settings

# The same `kubeadm init` runs again on a serving node whenever its configuration changes, and finds the files of
# the first run. `all` would hide real problems, and on the command line it would replace the list in the file.
RERUN = (
    "Port-6443",
    "Port-10250",
    "Port-10257",
    "Port-10259",
    "FileAvailable--etc-kubernetes-manifests-kube-apiserver.yaml",
    "FileAvailable--etc-kubernetes-manifests-kube-controller-manager.yaml",
    "FileAvailable--etc-kubernetes-manifests-kube-scheduler.yaml",
)

# Swap, memory, processors, cgroup version and kernel configuration belong to the whole computer.
NESTED = (
    "SystemVerification",
    "NumCPU",
    "Mem",
    "Swap",
    "FileContent--proc-sys-net-bridge-bridge-nf-call-iptables",
    "FileExisting-crictl",
)


def ignored(settings: Settings) -> tuple[str, ...]:
    """Names for nodeRegistration.ignorePreflightErrors."""
    return (*NESTED, *RERUN) if nested(settings) else RERUN
