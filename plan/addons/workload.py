"""The Deployments and DaemonSets of the add-ons: their namespace, number and requests."""

from dataclasses import dataclass

from plan.addons.replicas import dns_replicas
from plan.settings.cluster import Settings
from plan.sizes import SIZES

SYSTEM = "kube-system"
SPREAD = 3  # replicas of cluster DNS by default: two may fail with their nodes


@dataclass(frozen=True, kw_only=True)
class Workload:
    """One add-on's pods. `cpu`, `memory`: requests of one pod; `memory_limit`: its limit. Kubernetes quantities.

    CPU has no limit: throttled DNS is slower than a busy processor, and requests keep the shares fair.
    """

    name: str
    namespace: str
    replicas: int
    cpu: str
    memory: str
    memory_limit: str


def core_dns(settings: Settings) -> Workload:
    """Requests and limit are those of kubeadm's manifest of 1.36 (phases/addons/dns)."""
    dns = settings.addons.core_dns
    replicas = dns_replicas(
        nodes=len(settings.nodes) + len(settings.workers),
        cores=dns.cores if dns.cores is not None else _known_cores(settings),
        nodes_per_replica=dns.nodes_per_replica,
        cores_per_replica=dns.cores_per_replica,
        at_least=least_dns_replicas(settings),
    )
    return Workload(
        name="coredns", namespace=SYSTEM, replicas=replicas, cpu="100m", memory="70Mi", memory_limit="170Mi"
    )


def least_dns_replicas(settings: Settings) -> int:
    """The number in the settings, or one for each of the first control-plane nodes."""
    given = settings.addons.core_dns.at_least
    return given if given is not None else min(len(settings.nodes), SPREAD)


def dns_autoscaler(_: Settings) -> Workload:
    """One replica is enough: without it the number of replicas stays as it is (requirements ADD-04)."""
    return Workload(name="dns-autoscaler", namespace=SYSTEM, replicas=1, cpu="20m", memory="10Mi", memory_limit="64Mi")


def metrics_server(settings: Settings) -> Workload:
    """For up to a hundred nodes (metrics-server's README, "Scaling")."""
    return Workload(
        name="metrics-server",
        namespace=SYSTEM,
        replicas=settings.addons.metrics_server.replicas,
        cpu="100m",
        memory="200Mi",
        memory_limit="400Mi",
    )


def external_dns(settings: Settings) -> Workload:
    """One replica, because two would change the same records."""
    namespace = settings.addons.external_dns.namespace
    return Workload(
        name="external-dns", namespace=namespace, replicas=1, cpu="50m", memory="64Mi", memory_limit="128Mi"
    )


def kube_proxy(settings: Settings) -> Workload:
    """One pod on every node. A few thousand Services take about 100 MiB."""
    return Workload(
        name="kube-proxy",
        namespace=SYSTEM,
        replicas=len(settings.nodes) + len(settings.workers),
        cpu="50m",
        memory="64Mi",
        memory_limit="512Mi",
    )


def cloud_controller(settings: Settings) -> Workload:
    """One pod on each control-plane node; a lease decides which one acts."""
    return Workload(
        name="cloud-controller-manager",
        namespace=SYSTEM,
        replicas=len(settings.nodes),
        cpu="200m",
        memory="64Mi",
        memory_limit="256Mi",
    )


def workloads(settings: Settings) -> tuple[Workload, ...]:
    """The workloads of add-ons that are on.

    Workloads from charts are not included, because the plan does not know them.
    """
    addons = settings.addons
    return tuple(
        of(settings)
        for on, of in (
            (addons.kube_proxy.enabled, kube_proxy),
            (addons.core_dns.enabled, core_dns),
            (addons.core_dns.enabled and addons.core_dns.autoscaler.image is not None, dns_autoscaler),
            (addons.metrics_server.enabled, metrics_server),
            (addons.external_dns.enabled, external_dns),
            (addons.cloud_controller.enabled, cloud_controller),
        )
        if on
    )


def _known_cores(settings: Settings) -> int:
    if settings.aws is None or settings.aws.machines.instance_type is not None:
        return 0
    return len(settings.nodes) * SIZES[settings.aws.machines.size].processors
