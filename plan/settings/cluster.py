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
from plan.settings.proxy import Proxy

LONGEST_NUMBER = 9  # digits
Kind = Literal["hosts", "aws"]


def _number(value: object) -> object:
    """Pulumi passes the stack's top-level values as text; inside sections a number stays a number."""
    plain = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= LONGEST_NUMBER
    return int(value) if plain and isinstance(value, str) else value


class Settings(Model):
    """One environment, with its preset already merged in."""

    preset: Literal["local", "dev", "prod"] | None = None
    """Selects the defaults; also the name of the environment that policies read."""

    cluster: str
    """Name of the cluster, a DNS label. Part of etcd's token: it never changes."""

    kind: Kind = "hosts"
    """The kind of machines: `hosts` are reached by SSH, `aws` are instances created here."""

    members: Annotated[int | None, BeforeValidator(_number)] = None
    """How many nodes are expected, so that a missing one is noticed; null: as many as are listed."""

    single_member: bool = False
    """Allows a cluster of one node, which survives no failure: for tests only."""

    single_failure_domain: bool = False
    """Allows failure domains whose failure breaks the quorum."""

    nodes: tuple[HostNode, ...]
    """The control-plane nodes: 3, 5 or 7. Each runs one etcd member. On AWS they follow from `members`, zones and
    subnets, unless they are listed: `failureDomain` is then the zone."""

    workers: tuple[HostNode, ...] = ()
    """Hosts that run pods and no part of the control plane; only for `hosts`."""

    balancers: tuple[HostNode, ...] = ()
    """Hosts that only balance; named in `endpoint.dedicatedHosts`."""

    network: Network
    endpoint: EndpointSettings
    etcd: Etcd = Etcd()
    certificates: Certificates = Certificates()
    control_plane: ControlPlane = ControlPlane()
    ssh: Ssh = Ssh()
    artifacts: Artifacts = Artifacts()
    proxy: Proxy = Proxy()
    backups: HostBackups = HostBackups()

    local_machines: LocalMachines | None = None
    """Set if the hosts are systemd machines on this computer, created by the program itself."""

    aws: Aws | None = None
    """Set if the kind is `aws`."""

    addons: AddOns = AddOns()
