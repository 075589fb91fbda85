"""Machines that are reached by SSH, wherever they are."""

from plan.settings.model import Model
from plan.settings.values import Address, Range


class HostNode(Model):
    """One machine."""

    name: str
    """DNS label; the node's name in Kubernetes and the member's name in etcd."""

    address: Address
    """Fixed; all certificates and the member list carry it."""

    failure_domain: str
    """What fails together: a rack, a room, a zone."""

    host_key: str | None = None
    """The machine's SSH key (`ssh-ed25519 AAAA...`); null: learnt at first contact, then pinned."""

    ssh_user: str | None = None
    """null: as in `ssh`."""

    ssh_port: int | None = None
    """null: as in `ssh`."""

    pod_ranges: tuple[Range, ...] = ()
    """Where its pods have their addresses, one range of each family; empty: derived from `address`, so that it never
    changes when other nodes come and go."""


class Ssh(Model):
    """How the hosts are reached, unless a host says otherwise."""

    user: str = "root"
    """root, or one who may use sudo without a password."""

    port: int = 22

    private_key_path: str = ""
    """On the operator's machine; its content never enters the state. Required for hosts."""


class LocalMachines(Model):
    """Machines of this computer."""

    fleet: str = "local"
    """Names the folder of the machines, so that two fleets live side by side."""

    bridge: str = "quorate0"
    """The bridge that connects them; two fleets need two."""

    memory_megabytes: int | None = None
    """Limit of each machine; null: none."""
