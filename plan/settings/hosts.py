"""Machines that are reached by SSH, wherever they are."""

from plan.settings.model import Model
from plan.settings.values import Address


class HostNode(Model):
    """One machine. `host_key` pins its SSH key (`ssh-ed25519 AAAA...`); None: learnt at first contact, then pinned."""

    name: str
    address: Address
    failure_domain: str
    host_key: str | None = None
    ssh_user: str | None = None
    ssh_port: int | None = None


class Ssh(Model):
    """How the hosts are reached, unless a host says otherwise."""

    user: str = "root"
    port: int = 22
    private_key_path: str  # on the operator's machine; its content never enters the state


class LocalMachines(Model):
    """Present when the hosts are systemd machines on this computer, made by the program itself."""

    fleet: str = "local"  # names the bridge and the folder, so that two fleets live side by side
    bridge: str = "quorate0"  # at most 15 characters, as every Linux interface
    memory_megabytes: int | None = None
