"""Bindings that kubeadm's bootstrap-token phase would have made. The phase is skipped, since no node joins by token."""

from documents.yaml_text import Document, yaml_text

API = "rbac.authorization.k8s.io"


def bindings() -> str:
    """Two ClusterRoleBindings under kubeadm's own names, so that a later kubeadm finds them."""
    return yaml_text(
        # Kubelets of workers may renew their own client certificate.
        _binding(
            "kubeadm:node-autoapprove-certificate-rotation",
            "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient",
            kind="Group",
            subject="system:nodes",
        ),
        # Logs, exec and port-forward: the API server's certificate has no group since 1.36, only this binding.
        _binding(
            "kubeadm:apiserver-kubelet-client",
            "system:kubelet-api-admin",
            kind="User",
            subject="kube-apiserver-kubelet-client",
        ),
    )


def _binding(name: str, role: str, *, kind: str, subject: str) -> Document:
    return {
        "apiVersion": f"{API}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": API, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": API, "kind": kind, "name": subject}],
    }
