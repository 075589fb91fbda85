"""What a user may set, typed and complete. Unknown keys and wrong types are refused with all other problems at once."""

from plan.settings.artifacts import Artifacts, Digest
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
    "Certificates",
    "ControlPlane",
    "Digest",
    "EndpointSettings",
    "Etcd",
    "HostNode",
    "LocalMachines",
    "Network",
    "Settings",
    "Ssh",
    "VirtualIp",
]
