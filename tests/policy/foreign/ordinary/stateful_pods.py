"""NATS as a StatefulSet with members, peers and a volume each, beside a client of another team's etcd."""

import pulumi
import pulumi_kubernetes as kubernetes

from tests.policy.foreign.case import Alone

core, meta, apps = kubernetes.core.v1, kubernetes.meta.v1, kubernetes.apps.v1
SPACE = "messaging"


def stateful(name: str, container: core.ContainerArgs, reach: pulumi.ResourceOptions) -> None:
    """Three pods with names of their own."""
    labels = {"app": name}
    template = core.PodTemplateSpecArgs(
        metadata=meta.ObjectMetaArgs(labels=labels), spec=core.PodSpecArgs(containers=[container])
    )
    apps.StatefulSet(
        name,
        metadata=meta.ObjectMetaArgs(name=name, namespace=SPACE),
        spec=apps.StatefulSetSpecArgs(
            replicas=3, service_name=name, selector=meta.LabelSelectorArgs(match_labels=labels), template=template
        ),
        opts=reach,
    )


def program() -> None:
    """Members of a quorum that is not etcd's, and a gateway that reads its configuration from etcd."""
    provider = kubernetes.Provider("shared", kubeconfig=pulumi.Config().require_secret("kubeconfig"))
    reach = pulumi.ResourceOptions(provider=provider)
    core.Namespace(SPACE, metadata=meta.ObjectMetaArgs(name=SPACE), opts=reach)
    routes = ",".join(f"nats://nats-{n}.nats:6222" for n in range(3))
    queue = core.ContainerArgs(
        name="nats",
        image="nats:2.12",
        args=["--cluster_name=orders", "--cluster=nats://0.0.0.0:6222", f"--routes={routes}", "--jetstream"],
    )
    stateful("nats", queue, reach)
    gateway = core.ContainerArgs(
        name="gateway",
        image="apache/apisix:3.14",
        args=["--etcd-endpoints=https://etcd.shared:2379", "--initial-delay=5"],
        env=[core.EnvVarArgs(name="ETCD_ENDPOINTS", value="https://etcd.shared:2379")],
    )
    stateful("etcd-gateway", gateway, reach)
    runbook = "kubeadm init and --initial-cluster are for the platform team; call them when etcd is down"
    core.ConfigMap("runbook", metadata=meta.ObjectMetaArgs(namespace=SPACE), data={"etcd.md": runbook}, opts=reach)


ALONE = Alone(name="stateful-pods", program=program, idea="a StatefulSet with peers and a client of etcd are not etcd")
