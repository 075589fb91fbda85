"""The settings of one environment."""

from typing import Literal

from plan.settings.artifacts import Artifacts
from plan.settings.certificates import Certificates
from plan.settings.control_plane import ControlPlane
from plan.settings.endpoint import EndpointSettings
from plan.settings.etcd import Etcd
from plan.settings.hosts import HostNode, LocalMachines, Ssh
from plan.settings.model import Model
from plan.settings.network import Network


class Settings(Model):
    """One environment, complete: presets are already merged in."""

    cluster: str
    kind: Literal["hosts"] = "hosts"
    nodes: tuple[HostNode, ...]
    balancers: tuple[HostNode, ...] = ()
    network: Network
    endpoint: EndpointSettings
    etcd: Etcd = Etcd()
    certificates: Certificates = Certificates()
    control_plane: ControlPlane = ControlPlane()
    ssh: Ssh
    artifacts: Artifacts = Artifacts()
    local_machines: LocalMachines | None = None
