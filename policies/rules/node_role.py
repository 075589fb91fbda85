"""Taint, role label, static pods and kube-proxy of a control-plane node."""

import re
from collections.abc import Iterator

from policies.rule import Level, Scope, Severity, rule
from policies.scope import MACHINE
from policies.stack import Stack
from policies.views.machines import hosts
from policies.violation import Violation

_STATIC_PODS = re.compile(r"(?:sed[ \t]+-i|yq[ \t]+-i)\b[^\n;&|]{0,300}?/etc/kubernetes/manifests/")


@rule(
    id="P70",
    title="kube-proxy uses nftables or iptables",
    fix="Set mode to nftables (or iptables).",
    evidence=MACHINE,
    severity=Severity.LOW,
    level=Level.ADVISORY,
    scope=Scope.RESOURCE,
    references=("Kubernetes changelog 1.35: ipvs mode is deprecated",),
)
def proxy_mode(stack: Stack) -> Iterator[Violation]:
    """The ipvs mode is deprecated since 1.35 and will be removed."""
    for host in hosts(stack):
        if (mode := host.kubeadm.proxy.text("mode")) not in ("", "iptables", "nftables"):
            yield host.violation(f"kube-proxy's mode is {mode}")


@rule(
    id="P76",
    title="Control-plane nodes keep their taint, and nothing uses the old role name",
    fix="Leave nodeRegistration.taints out (kubeadm's default), and use node-role.kubernetes.io/control-plane.",
    evidence=MACHINE,
    severity=Severity.HIGH,
    scope=Scope.RESOURCE,
    references=("Kubernetes documentation: node-role.kubernetes.io/control-plane",),
)
def tainted_nodes(stack: Stack) -> Iterator[Violation]:
    """Ordinary pods beside etcd use its memory and its disk; the label `master` no longer exists."""
    old = "node-role.kubernetes.io/master"
    for host in hosts(stack):
        for document in (host.kubeadm.init, host.kubeadm.join) if host.is_plane else ():
            registration = document.part("nodeRegistration")
            if isinstance(registration.raw("taints"), list) and not registration.parts("taints"):
                yield host.violation("the control-plane taint is removed", at="taints")
        for path, _ in host.find(lambda text: old in text):
            yield host.violation(f"{path} uses {old}", at=old)


@rule(
    id="P77",
    title="Static pods are changed through kubeadm, not by editing manifests",
    fix="Use extraArgs, extraVolumes or kubeadm's patches directory.",
    evidence=MACHINE,
    severity=Severity.LOW,
    level=Level.ADVISORY,
    scope=Scope.RESOURCE,
    references=("Kubernetes documentation: customizing components with the kubeadm API",),
)
def no_edited_manifests(stack: Stack) -> Iterator[Violation]:
    """kubeadm rewrites the manifests at every upgrade, and the edit is lost."""
    for host in hosts(stack):
        for path, _ in host.find(lambda text: bool(_STATIC_PODS.search(text))):
            yield host.violation(f"{path} edits files in /etc/kubernetes/manifests")
