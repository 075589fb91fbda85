"""Bindings that kubeadm's bootstrap-token phase would create. The phase is skipped, since it would leave a token."""

from documents.yaml_text import Data, Document, yaml_text
from plan import Plan

API = "rbac.authorization.k8s.io"


APPROVER = "quorate:approver"
SIGNERS = ("kubernetes.io/kube-apiserver-client-kubelet", "kubernetes.io/kubelet-serving")


def bindings(plan: Plan) -> str:
    """Two ClusterRoleBindings with kubeadm's names, so that a later kubeadm finds them, and those for workers."""
    return yaml_text(
        *(_of_workers() if plan.workers else ()),
        # Kubelets of workers may renew their own client certificate.
        _binding(
            "kubeadm:node-autoapprove-certificate-rotation",
            "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient",
            kind="Group",
            subject="system:nodes",
        ),
        # For logs, exec and port-forward: since 1.36 the API server's certificate has no group, only this binding.
        _binding(
            "kubeadm:apiserver-kubelet-client",
            "system:kubelet-api-admin",
            kind="User",
            subject="kube-apiserver-kubelet-client",
        ),
    )


def _of_workers() -> tuple[Document, ...]:
    """A token may request a certificate, and only the approver may approve it."""
    requests, group = "certificatesigningrequests", "certificates.k8s.io"
    rules: list[Data] = [
        {"apiGroups": [group], "resources": [requests], "verbs": ["get", "list"]},
        {"apiGroups": [group], "resources": [f"{requests}/approval"], "verbs": ["update"]},
        {"apiGroups": [group], "resources": ["signers"], "resourceNames": list(SIGNERS), "verbs": ["approve"]},
    ]
    role: Document = {"apiVersion": f"{API}/v1", "kind": "ClusterRole", "metadata": {"name": APPROVER}, "rules": rules}
    return (
        role,
        _binding(APPROVER, APPROVER, kind="User", subject=APPROVER),
        _binding("kubeadm:kubelet-bootstrap", "system:node-bootstrapper", kind="Group", subject="system:bootstrappers"),
    )


def _binding(name: str, role: str, *, kind: str, subject: str) -> Document:
    return {
        "apiVersion": f"{API}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": API, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": API, "kind": kind, "name": subject}],
    }
