"""The settings of one environment."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from plan.settings.addons import AddOns
from plan.settings.artifacts import Artifacts
from plan.settings.aws import Aws
from plan.settings.backups import HostBackups
from plan.settings.certificates import Certificates
from plan.settings.control_plane import ControlPlane
from plan.settings.endpoint import EndpointSettings
from plan.settings.etcd import Etcd
from plan.settings.hosts import HostNode, LocalMachines, Ssh
from plan.settings.model import Model
from plan.settings.network import Network


def _number(value: object) -> object:
    """Pulumi hands over the stack's top-level values as text; inside sections a number arrives as a number."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


class Settings(Model):
    """One environment, complete: presets are already merged in."""

    preset: Literal["local", "dev", "prod"] | None = None
    """Which defaults lie underneath; also the name of the environment that policies read."""

    cluster: str
    """Name of the cluster, a DNS label. Part of etcd's token: it never changes."""

    kind: Literal["hosts", "aws"] = "hosts"
    """Where the machines are: `hosts` are reached by SSH, wherever they stand; `aws`: instances made here."""

    members: Annotated[int | None, BeforeValidator(_number)] = None
    """How many nodes there must be, so that a forgotten one is noticed; null: as many as are listed."""

    single_member: bool = False
    """The explicit word for a cluster of one node, which survives nothing: for tests only."""

    single_failure_domain: bool = False
    """The explicit word for failure domains that take the quorum with them when they fail."""

    nodes: tuple[HostNode, ...]
    """The control-plane nodes: 3, 5 or 7. Each runs one etcd member. On AWS they follow from `members`, zones and
    subnets, unless they are listed: `failureDomain` is then the zone."""

    workers: tuple[HostNode, ...] = ()
    """Hosts that run pods and nothing of the control plane; only for `hosts`."""

    balancers: tuple[HostNode, ...] = ()
    """Hosts that do nothing but balance; named in `endpoint.dedicatedHosts`."""

    network: Network
    endpoint: EndpointSettings
    etcd: Etcd = Etcd()
    certificates: Certificates = Certificates()
    control_plane: ControlPlane = ControlPlane()
    ssh: Ssh = Ssh()
    artifacts: Artifacts = Artifacts()
    backups: HostBackups = HostBackups()

    local_machines: LocalMachines | None = None
    """Present when the hosts are systemd machines on this computer, made by the program itself."""

    aws: Aws | None = None
    """Present when the kind is `aws`."""

    addons: AddOns = AddOns()
