"""Maps an issued certificate to its file on a node: on AWS a preview shows a whole secret, not its files."""

from collections.abc import Mapping

from agent.steps.etcd import PKI as ETCD_PKI

KUBERNETES = "/etc/kubernetes"
# By the certificate's name without the node's prefix: path, and the agent's step that owns the file.
FILES: Mapping[str, tuple[str, str]] = {
    **{
        name: (f"{KUBERNETES}/pki/{name}.crt", "control-plane")
        for name in ("apiserver", "apiserver-kubelet-client", "apiserver-etcd-client", "front-proxy-client")
    },
    **{f"etcd-{name}": (f"{ETCD_PKI}/{name}.crt", "etcd") for name in ("server", "peer", "healthcheck-client")},
    **{
        name: (f"{KUBERNETES}/{name}.conf", "control-plane")
        for name in ("admin", "super-admin", "controller-manager", "scheduler")
    },
    "kubelet": (f"{KUBERNETES}/kubelet.conf", "kubelet"),
    "kubelet-serving": ("/var/lib/kubelet/pki/serving.crt", "kubelet"),
}
