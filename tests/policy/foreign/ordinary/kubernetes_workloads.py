"""An application in a cluster that another team runs."""

import pulumi
import pulumi_kubernetes as kubernetes

from tests.policy.foreign.case import Alone

core, meta, apps = kubernetes.core.v1, kubernetes.meta.v1, kubernetes.apps.v1
LABELS = {"app": "storefront"}


def deployment(name: str, image: str, replicas: int, reach: pulumi.ResourceOptions) -> None:
    """One Deployment as developers write it."""
    labels = {"app": name}
    container = core.ContainerArgs(
        name=name,
        image=image,
        ports=[core.ContainerPortArgs(container_port=8080)],
        env=[core.EnvVarArgs(name="BACKEND", value="http://catalog:8080")],
    )
    apps.Deployment(
        name,
        metadata=meta.ObjectMetaArgs(name=name, namespace="shop", labels=labels),
        spec=apps.DeploymentSpecArgs(
            replicas=replicas,
            selector=meta.LabelSelectorArgs(match_labels=labels),
            template=core.PodTemplateSpecArgs(
                metadata=meta.ObjectMetaArgs(labels=labels), spec=core.PodSpecArgs(containers=[container])
            ),
        ),
        opts=reach,
    )


def log_shipper(reach: pulumi.ResourceOptions) -> None:
    """Reads the nodes' logs."""
    labels = {"app": "fluent-bit"}
    container = core.ContainerArgs(
        name="fluent-bit",
        image="fluent/fluent-bit:latest",
        volume_mounts=[core.VolumeMountArgs(name="logs", mount_path="/var/log")],
    )
    spec = core.PodSpecArgs(
        containers=[container],
        volumes=[core.VolumeArgs(name="logs", host_path=core.HostPathVolumeSourceArgs(path="/var/log"))],
    )
    apps.DaemonSet(
        "fluent-bit",
        metadata=meta.ObjectMetaArgs(name="fluent-bit", namespace="logging"),
        spec=apps.DaemonSetSpecArgs(
            selector=meta.LabelSelectorArgs(match_labels=labels),
            template=core.PodTemplateSpecArgs(metadata=meta.ObjectMetaArgs(labels=labels), spec=spec),
        ),
        opts=reach,
    )


def program() -> None:
    """Namespaces, Deployments, a budget, autoscaling, a class of storage, a database and an Ingress."""
    provider = kubernetes.Provider("shared", kubeconfig=pulumi.Config().require_secret("kubeconfig"))
    reach = pulumi.ResourceOptions(provider=provider)
    for name in ("shop", "logging"):
        core.Namespace(name, metadata=meta.ObjectMetaArgs(name=name), opts=reach)
    deployment("storefront", "nginx", 1, reach)
    deployment("catalog", "registry.acme.example/catalog:main", 2, reach)
    log_shipper(reach)
    kubernetes.policy.v1.PodDisruptionBudget(
        "catalog",
        metadata=meta.ObjectMetaArgs(namespace="shop"),
        spec=kubernetes.policy.v1.PodDisruptionBudgetSpecArgs(
            min_available=2, selector=meta.LabelSelectorArgs(match_labels={"app": "catalog"})
        ),
        opts=reach,
    )
    kubernetes.autoscaling.v1.HorizontalPodAutoscaler(
        "storefront",
        metadata=meta.ObjectMetaArgs(namespace="shop"),
        spec=kubernetes.autoscaling.v1.HorizontalPodAutoscalerSpecArgs(
            min_replicas=1,
            max_replicas=1,
            scale_target_ref=kubernetes.autoscaling.v1.CrossVersionObjectReferenceArgs(
                api_version="apps/v1", kind="Deployment", name="storefront"
            ),
        ),
        opts=reach,
    )
    kubernetes.storage.v1.StorageClass(
        "fast", provisioner="ebs.csi.aws.com", reclaim_policy="Delete", parameters={"type": "gp3"}, opts=reach
    )
    core.Service(
        "storefront",
        metadata=meta.ObjectMetaArgs(namespace="shop"),
        spec=core.ServiceSpecArgs(
            type="NodePort", selector=LABELS, ports=[core.ServicePortArgs(port=6443, target_port=8080, node_port=32379)]
        ),
        opts=reach,
    )
    core.Secret("database", metadata=meta.ObjectMetaArgs(namespace="shop"), string_data={"user": "shop"}, opts=reach)


ALONE = Alone(
    name="kubernetes-workloads", program=program, idea="an application in a cluster that is not in this stack"
)
