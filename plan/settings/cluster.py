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

    preset: Literal["local", "dev", "prod"] | None = None  # which defaults were merged in; the environment's name
    cluster: str
    kind: Literal["hosts"] = "hosts"
    members: int | None = None  # how many nodes there must be; None: as many as are listed
    single_member: bool = False  # the explicit word for one node, which tolerates nothing: for tests only
    single_failure_domain: bool = False  # the explicit word for a domain that takes the quorum with it
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
