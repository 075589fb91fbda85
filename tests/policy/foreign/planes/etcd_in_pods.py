"""A hosted control plane: etcd and the API servers of a tenant run as pods of another cluster."""

import pulumi
import pulumi_kubernetes as kubernetes

from tests.policy.foreign.case import Alone

core, meta, apps = kubernetes.core.v1, kubernetes.meta.v1, kubernetes.apps.v1
SPACE, MEMBERS = "tenant-fern", 3


def pods(labels: dict[str, str], container: core.ContainerArgs) -> core.PodTemplateSpecArgs:
    """The template of one kind of pod."""
    return core.PodTemplateSpecArgs(
        metadata=meta.ObjectMetaArgs(labels=labels), spec=core.PodSpecArgs(containers=[container])
    )


def etcd(reach: pulumi.ResourceOptions) -> None:
    """Three members, each with a volume of its own."""
    labels = {"app": "etcd"}
    peers = ",".join(f"etcd-{n}=https://etcd-{n}.etcd.{SPACE}.svc:2380" for n in range(MEMBERS))
    container = core.ContainerArgs(
        name="etcd",
        image="quay.io/coreos/etcd:v3.6.5",
        command=["etcd"],
        args=[
            "--name=$(POD_NAME)",
            "--data-dir=/var/lib/etcd",
            f"--initial-cluster={peers}",
            "--listen-peer-urls=https://0.0.0.0:2380",
            "--listen-client-urls=https://0.0.0.0:2379",
            f"--advertise-client-urls=https://$(POD_NAME).etcd.{SPACE}.svc:2379",
        ],
        volume_mounts=[core.VolumeMountArgs(name="data", mount_path="/var/lib/etcd")],
    )
    claim = core.PersistentVolumeClaimArgs(
        metadata=meta.ObjectMetaArgs(name="data"),
        spec=core.PersistentVolumeClaimSpecArgs(
            access_modes=["ReadWriteOnce"], resources=core.VolumeResourceRequirementsArgs(requests={"storage": "8Gi"})
        ),
    )
    apps.StatefulSet(
        "etcd",
        metadata=meta.ObjectMetaArgs(name="etcd", namespace=SPACE),
        spec=apps.StatefulSetSpecArgs(
            replicas=MEMBERS,
            service_name="etcd",
            selector=meta.LabelSelectorArgs(match_labels=labels),
            template=pods(labels, container),
            volume_claim_templates=[claim],
        ),
        opts=reach,
    )


def api_servers(reach: pulumi.ResourceOptions) -> None:
    """Two API servers behind a Service."""
    labels = {"app": "kube-apiserver"}
    container = core.ContainerArgs(
        name="kube-apiserver",
        image="registry.k8s.io/kube-apiserver:v1.34.2",
        command=["kube-apiserver", f"--etcd-servers=https://etcd.{SPACE}.svc:2379", "--secure-port=6443"],
    )
    apps.Deployment(
        "kube-apiserver",
        metadata=meta.ObjectMetaArgs(name="kube-apiserver", namespace=SPACE),
        spec=apps.DeploymentSpecArgs(
            replicas=2, selector=meta.LabelSelectorArgs(match_labels=labels), template=pods(labels, container)
        ),
        opts=reach,
    )
    core.Service(
        "kube-apiserver",
        metadata=meta.ObjectMetaArgs(name="kube-apiserver", namespace=SPACE),
        spec=core.ServiceSpecArgs(selector=labels, ports=[core.ServicePortArgs(port=6443)]),
        opts=reach,
    )


def space() -> pulumi.ResourceOptions:
    """The tenant's namespace; returns how to reach the cluster."""
    provider = kubernetes.Provider("management", kubeconfig=pulumi.Config().require_secret("kubeconfig"))
    reach = pulumi.ResourceOptions(provider=provider)
    core.Namespace(SPACE, metadata=meta.ObjectMetaArgs(name=SPACE), opts=reach)
    return reach


def hosted() -> None:
    """A tenant's control plane."""
    reach = space()
    etcd(reach)
    api_servers(reach)


def store() -> None:
    """etcd alone, for API servers in another stack."""
    reach = space()
    etcd(reach)
    core.Service(
        "etcd",
        metadata=meta.ObjectMetaArgs(name="etcd", namespace=SPACE),
        spec=core.ServiceSpecArgs(cluster_ip="None", selector={"app": "etcd"}, ports=[core.ServicePortArgs(port=2379)]),
        opts=reach,
    )


ALONE = (
    Alone(
        name="control-plane-in-pods",
        program=hosted,
        idea="etcd and API servers as objects of Kubernetes are a form that is not read",
        expected=frozenset({"P103"}),
    ),
    Alone(
        name="etcd-in-pods",
        program=store,
        idea="etcd as a StatefulSet is a form that is not read",
        expected=frozenset({"P103"}),
    ),
)
