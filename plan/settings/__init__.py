"""What a user may set, typed and complete. Unknown keys and wrong types are refused with all other problems at once."""

from plan.settings.artifacts import Artifacts, Digest
from plan.settings.aws import Aws
from plan.settings.aws_machines import EtcdVolume, Image, Machines
from plan.settings.aws_network import AwsNetwork, Subnet
from plan.settings.aws_services import Backups, Dns, LoadBalancer, Watch
from plan.settings.certificates import Certificates
from plan.settings.cluster import Settings
from plan.settings.control_plane import Audit, ControlPlane
from plan.settings.endpoint import EndpointSettings, VirtualIp
from plan.settings.etcd import Etcd
from plan.settings.hosts import HostNode, LocalMachines, Ssh
from plan.settings.network import Network

__all__ = [
    "Artifacts",
    "Audit",
    "Aws",
    "AwsNetwork",
    "Backups",
    "Certificates",
    "ControlPlane",
    "Digest",
    "Dns",
    "EndpointSettings",
    "Etcd",
    "EtcdVolume",
    "HostNode",
    "Image",
    "LoadBalancer",
    "LocalMachines",
    "Machines",
    "Network",
    "Settings",
    "Ssh",
    "Subnet",
    "VirtualIp",
    "Watch",
]
