"""What a user may set, typed and complete. Unknown keys and wrong types are reported with all other problems."""

from plan.settings.addons import AddOns, CertManager, CloudController, MetricsServer, StorageClass
from plan.settings.artifacts import Artifacts, Digest
from plan.settings.aws import Aws
from plan.settings.aws_machines import EtcdVolume, Image, Machines
from plan.settings.aws_network import AwsNetwork, Subnet
from plan.settings.aws_services import Backups, Dns, LoadBalancer, Watch
from plan.settings.certificates import Certificates
from plan.settings.chart import Chart
from plan.settings.cluster import Settings
from plan.settings.control_plane import Audit, ControlPlane
from plan.settings.endpoint import EndpointSettings, VirtualIp
from plan.settings.etcd import Etcd
from plan.settings.hosts import HostNode, LocalMachines, Ssh
from plan.settings.kube_proxy import KubeProxy
from plan.settings.name_service import Autoscaler, CoreDns, ExternalDns, StubDomain
from plan.settings.namespaces import Access, Amounts, ContainerDefaults, ManagedNamespace, Quota
from plan.settings.network import Network
from plan.settings.pod_network import PodNetwork

__all__ = [
    "Access",
    "AddOns",
    "Amounts",
    "Artifacts",
    "Audit",
    "Autoscaler",
    "Aws",
    "AwsNetwork",
    "Backups",
    "CertManager",
    "Certificates",
    "Chart",
    "CloudController",
    "ContainerDefaults",
    "ControlPlane",
    "CoreDns",
    "Digest",
    "Dns",
    "EndpointSettings",
    "Etcd",
    "EtcdVolume",
    "ExternalDns",
    "HostNode",
    "Image",
    "KubeProxy",
    "LoadBalancer",
    "LocalMachines",
    "Machines",
    "ManagedNamespace",
    "MetricsServer",
    "Network",
    "PodNetwork",
    "Quota",
    "Settings",
    "Ssh",
    "StorageClass",
    "StubDomain",
    "Subnet",
    "VirtualIp",
    "Watch",
]
