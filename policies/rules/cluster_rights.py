"""What add-ons may do in the cluster and on its nodes."""

from collections.abc import Iterator

from policies.facts import has_plane
from policies.parsers.yaml_documents import stream
from policies.parsers.yaml_values import Unreadable
from policies.properties import Properties
from policies.rule import Scope, Severity, rule
from policies.scope import OBJECT
from policies.stack import Stack
from policies.views.cluster_objects import ClusterObject, cluster_objects
from policies.views.machines import hosts
from policies.views.workloads import workloads
from policies.violation import Violation

RBAC = "Kubernetes documentation: role based access control good practices"
SOCKETS = ("docker.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock")
# Kubernetes documentation: request verbs; each of them is equivalent to *.
EVERY_VERB = frozenset({"get", "list", "watch", "create", "update", "patch", "delete"})
FOLDERS = ("", "/run", "/var/run", "/run/containerd", "/var/run/containerd", "/run/crio", "/var/run/crio")
PROVIDER = "pulumi:providers:kubernetes"


@rule(
    id="P94",
    title="No add-on is a cluster administrator, and no role allows every verb on Secrets",
    fix="Give the service account a role of its own that names resources and verbs.",
    evidence=OBJECT,
    severity=Severity.CRITICAL,
    scope=Scope.RESOURCE,
    references=(RBAC, "CIS Kubernetes 1.12: 5.1.1", "CIS Kubernetes 1.12: 5.1.2", "CIS Kubernetes 1.12: 5.1.3"),
)
def narrow_rights(stack: Stack) -> Iterator[Violation]:
    """An attacker in such a pod controls the whole cluster."""
    for found in cluster_objects(stack):
        if found.kind in ("ClusterRoleBinding", "RoleBinding"):
            accounts = [s.text("name") for s in found.properties.parts("subjects") if _anyone(s)]
            if found.properties.part("roleRef").text("name") == "cluster-admin" and accounts:
                yield found.violation(f"makes {', '.join(accounts)} a cluster administrator")
        if found.kind in ("ClusterRole", "Role") and any(_everything(rule_) for rule_ in _rules(found)):
            yield found.violation("allows every verb (*) on Secrets")


def _anyone(subject: Properties) -> bool:
    """A service account, a user, or a group, except the group of administrators that kubeadm itself binds."""
    return (
        subject.text("kind") in ("ServiceAccount", "User", "Group") and subject.text("name") != "kubeadm:cluster-admins"
    )


def _rules(found: ClusterObject) -> tuple[Properties, ...]:
    return found.properties.parts("rules")


def _everything(rule_: Properties) -> bool:
    core = {"", "*"} & set(rule_.texts("apiGroups"))
    secrets = {"secrets", "*"} & set(rule_.texts("resources"))
    verbs = set(rule_.texts("verbs"))
    return bool(core and secrets and ("*" in verbs or verbs >= EVERY_VERB))


@rule(
    id="P99",
    title="No pod gets the container runtime's socket",
    fix="Remove the hostPath; a monitor of containers can use the kubelet's API.",
    evidence=OBJECT,
    severity=Severity.CRITICAL,
    scope=Scope.RESOURCE,
    references=("Kubernetes documentation: pod security standards", "CIS Kubernetes 1.12: 5.2.12"),
    thresholds={"allowed": []},
)
def no_runtime_socket(stack: Stack, *, allowed: list[str]) -> Iterator[Violation]:
    """Through the socket a pod can start any other container, with every right on the node."""
    for workload in workloads(stack):
        for volume in workload.pod.parts("volumes"):
            path = volume.part("hostPath").text("path").rstrip("/")
            mounted = volume.has("hostPath") and path in FOLDERS
            if (path.endswith(SOCKETS) or mounted) and workload.object.name not in allowed:
                yield workload.violation(f"mounts {path or '/'}")


@rule(
    id="P100",
    title="Clients verify the server that they call",
    fix="Put the authority into the kubeconfig, the APIService's caBundle, or --kubelet-certificate-authority.",
    evidence=OBJECT,
    severity=Severity.CRITICAL,
    scope=Scope.RESOURCE,
    references=("Kubernetes documentation: organizing cluster access using kubeconfig files",),
)
def verified_servers(stack: Stack) -> Iterator[Violation]:
    """Without a check, any machine on the path can pose as the server and gets the client's credentials."""
    for resource in stack.of(PROVIDER) if has_plane(stack) else ():
        if resource.properties.known("kubeconfig") and _unverified(resource.properties.text("kubeconfig")):
            yield resource.violation("the provider's kubeconfig sets insecure-skip-tls-verify")
    for host in hosts(stack):
        for path, text in host.find(lambda text: "insecure-skip-tls-verify" in text):
            if _unverified(text):
                yield host.violation(f"{path} sets insecure-skip-tls-verify")
    for found in cluster_objects(stack):
        if found.kind == "APIService" and found.spec.flag("insecureSkipTLSVerify"):
            yield found.violation("sets insecureSkipTLSVerify")
    for workload in workloads(stack):
        if workload.flags().get("kubelet-insecure-tls", ("false",))[-1] == "true":
            yield workload.violation("sets --kubelet-insecure-tls")


def _unverified(text: str) -> bool:
    try:
        clusters = [
            cluster
            for document in stream(text)
            for cluster in Properties(values=document, urn="", path="kubeconfig").parts("clusters")
        ]
    except Unreadable:
        return False  # the provider rejects a kubeconfig that it cannot parse
    return any(cluster.part("cluster").flag("insecure-skip-tls-verify") for cluster in clusters)
