"""kubeadm nodes, and objects that the same program puts into the new cluster."""

import pulumi
import pulumi_kubernetes as kubernetes

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts.access import kubeconfig
from tests.policy.foreign.parts.around import around
from tests.policy.foreign.parts.kubeadm import Kubeadm
from tests.policy.foreign.parts.scripts import shell

ENDPOINT = "api.pine.acme.example"
CLUSTER_ROLE = "rbac.authorization.k8s.io"


def nodes() -> pulumi.ResourceOptions:
    """The control plane; returns how to reach its API."""
    place = around("pine", ENDPOINT)
    cluster = Kubeadm(name="pine", endpoint=f"{ENDPOINT}:6443")
    machines = []
    for n in range(3):
        text = shell(n, cluster, place.bucket)
        machines.append(place.node(n, text=text))
    place.behind(machines)
    provider = kubernetes.Provider("pine", kubeconfig=kubeconfig("pine", ENDPOINT))
    return pulumi.ResourceOptions(provider=provider, depends_on=machines)


def bind(reach: pulumi.ResourceOptions, role: str) -> None:
    """What the team of a tenant may do."""
    kubernetes.rbac.v1.ClusterRoleBinding(
        "developers",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(name="developers"),
        role_ref=kubernetes.rbac.v1.RoleRefArgs(api_group=CLUSTER_ROLE, kind="ClusterRole", name=role),
        subjects=[kubernetes.rbac.v1.SubjectArgs(api_group=CLUSTER_ROLE, kind="Group", name="developers")],
        opts=reach,
    )


def collector(reach: pulumi.ResourceOptions, path: str) -> None:
    """A collector of metrics on every node."""
    labels = {"app": "collector"}
    container = kubernetes.core.v1.ContainerArgs(
        name="collector",
        image="quay.io/prometheus/node-exporter:v1.9.1",
        args=[f"--path.rootfs={path}"],
        resources=kubernetes.core.v1.ResourceRequirementsArgs(
            requests={"cpu": "50m", "memory": "64Mi"}, limits={"memory": "128Mi"}
        ),
        security_context=kubernetes.core.v1.SecurityContextArgs(
            allow_privilege_escalation=False, read_only_root_filesystem=True, run_as_non_root=True
        ),
        volume_mounts=[kubernetes.core.v1.VolumeMountArgs(name="host", mount_path="/host", read_only=True)],
    )
    host = kubernetes.core.v1.HostPathVolumeSourceArgs(path=path, type="Directory")
    spec = kubernetes.core.v1.PodSpecArgs(
        priority_class_name="system-node-critical",
        automount_service_account_token=False,
        tolerations=[kubernetes.core.v1.TolerationArgs(operator="Exists")],
        containers=[container],
        volumes=[kubernetes.core.v1.VolumeArgs(name="host", host_path=host)],
    )
    kubernetes.apps.v1.DaemonSet(
        "collector",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(name="collector", namespace="kube-system", labels=labels),
        spec=kubernetes.apps.v1.DaemonSetSpecArgs(
            selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=labels),
            template=kubernetes.core.v1.PodTemplateSpecArgs(
                metadata=kubernetes.meta.v1.ObjectMetaArgs(labels=labels), spec=spec
            ),
        ),
        opts=reach,
    )


def administrators(*, bad: bool) -> None:
    """With the fault all developers are administrators of the cluster."""
    reach = nodes()
    bind(reach, "cluster-admin" if bad else "view")
    collector(reach, "/proc")


def socket(*, bad: bool) -> None:
    """With the fault a pod sees the host's whole file system, with the container runtime's socket in it."""
    reach = nodes()
    bind(reach, "view")
    collector(reach, "/" if bad else "/proc")


PAIRS = (
    Pair(
        name="developers-are-administrators",
        program=administrators,
        idea="a group of people is bound to cluster-admin",
        expected=frozenset({"P94"}),
    ),
    Pair(
        name="host-root-in-daemon-set",
        program=socket,
        idea="a DaemonSet mounts the host's root, and the container runtime's socket with it",
        expected=frozenset({"P99"}),
    ),
)
