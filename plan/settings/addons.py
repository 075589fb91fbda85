"""What runs inside the cluster: Kubernetes objects, created in the same update, each with its own switch."""

from collections.abc import Mapping
from typing import Literal

from plan.settings.chart import Chart
from plan.settings.kube_proxy import KubeProxy
from plan.settings.model import Model
from plan.settings.name_service import CoreDns, ExternalDns
from plan.settings.namespaces import Access, ManagedNamespace
from plan.settings.pod_network import PodNetwork


class MetricsServer(Model):
    """CPU and memory usage, for `kubectl top` and autoscaling. Every kubelet's certificate is verified."""

    enabled: bool = True

    image: str | None = None
    """null: that of registry.k8s.io, in the version that Quorate is tested with."""

    replicas: int = 2

    resolution_seconds: int = 15
    """Seconds between two readings of every kubelet."""


class CloudController(Model):
    """AWS's cloud controller manager: load balancers of Services. They reach nodes that have a `spec.providerID`."""

    enabled: bool = False

    image: str | None = None
    """For the Kubernetes minor version: registry.k8s.io/provider-aws/cloud-controller-manager:v1.36.x. Required."""


class CertManager(Model):
    """Certificates for workloads, installed from its official chart. It never gets the cluster's own authority."""

    enabled: bool = False

    chart: Chart | None = None
    """Required."""

    namespace: str = "cert-manager"
    """Managed like the namespaces in `namespaces`."""


class StorageClass(Model):
    """The one default class; its driver is yours to install."""

    name: str

    provisioner: str
    """The CSI driver, such as ebs.csi.aws.com."""

    parameters: Mapping[str, str] = {}
    """Parameters of the driver, such as type: gp3 and encrypted: "true"."""

    reclaim: Literal["Retain", "Delete"] = "Retain"
    """What happens to a volume whose claim is deleted."""


class AddOns(Model):
    """Cluster DNS, kube-proxy, metrics, safe namespaces and more."""

    enabled: bool = False
    """The machine that runs Pulumi must reach the endpoint. If off, nothing below is created, and nodes stay NotReady
    until you install a network for pods. On in the preset `local`, and on AWS but for the preset `prod` and an
    existing VPC, where that network is your choice."""

    pod_network: PodNetwork = PodNetwork()
    kube_proxy: KubeProxy = KubeProxy()
    core_dns: CoreDns = CoreDns()
    metrics_server: MetricsServer = MetricsServer()

    namespaces: tuple[ManagedNamespace, ...] = ()
    """Created and protected by the program; removing one here deletes it with everything in it."""

    access: Access = Access()

    storage_class: StorageClass | None = None
    """null: no default class."""

    external_dns: ExternalDns = ExternalDns()
    cloud_controller: CloudController = CloudController()
    cert_manager: CertManager = CertManager()
