"""Machines that are reached by SSH, wherever they are."""

from ipaddress import IPv4Address, IPv6Address

from plan.settings.model import Model


class HostNode(Model):
    """One control-plane machine. `host_key` pins its SSH key (`ssh-ed25519 AAAA...`); None: learnt at first contact, then pinned."""

    name: str
    address: IPv4Address | IPv6Address
    failure_domain: str
    host_key: str | None = None
    ssh_user: str | None = None
    ssh_port: int | None = None


class Ssh(Model):
    user: str = "root"
    port: int = 22
    private_key_path: str  # on the operator's machine; its content never enters the state


class LocalMachines(Model):
    """Present when the hosts are systemd machines on this computer, made by the program itself."""

    fleet: str = "local"  # names the bridge and the folder, so that two fleets live side by side
    memory_megabytes: int | None = None
