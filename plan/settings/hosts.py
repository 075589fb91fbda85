"""Machines that are reached by SSH, in any data centre."""

from plan.settings.model import Model
from plan.settings.values import Address, Range


class HostNode(Model):
    """One machine."""

    name: str
    """DNS label; the node's name in Kubernetes and the member's name in etcd."""

    address: Address
    """Fixed: certificates and the member list contain it."""

    failure_domain: str
    """The failure domain: a rack, a room or a zone."""

    host_key: str | None = None
    """The machine's public SSH key (`ssh-ed25519 AAAA...`); null: accepted at the first contact, then pinned."""

    ssh_user: str | None = None
    """null: as in `ssh`."""

    ssh_port: int | None = None
    """null: as in `ssh`."""

    interface: str | None = None
    """The interface that carries the virtual IP on this host; null: as in `endpoint.virtualIp`."""

    pod_ranges: tuple[Range, ...] = ()
    """The addresses of its pods, one range of each family; empty: derived from `address`, so that it never changes when
    other nodes are added or removed. Not for balancers, which run no pods."""


class Ssh(Model):
    """How the hosts are reached, unless a host overrides it."""

    user: str = "root"
    """root, or an account with sudo rights and no password prompt."""

    port: int = 22

    private_key_path: str = ""
    """The key's path on the operator's machine; its content never enters the state. Required for hosts."""


class LocalMachines(Model):
    """Machines on this computer."""

    fleet: str = "local"
    """Names the folder of the machines, so that two fleets can exist side by side."""

    bridge: str = "quorate0"
    """The bridge that connects them; each fleet needs its own."""

    memory_megabytes: int | None = None
    """Memory limit of each machine; null: no limit."""
