"""Address ranges. Two ranges of different families make a dual-stack cluster; one is the rule."""

from ipaddress import IPv4Network

from plan.settings.model import Model
from plan.settings.values import Address, Range


class Network(Model):
    """No two ranges overlap; the first range of pods and of services has the family of the hosts."""

    hosts: Range
    """Where the nodes and the virtual IP live."""

    pods: tuple[Range, ...] = (IPv4Network("10.244.0.0/16"),)
    """At most one for each address family."""

    services: tuple[Range, ...] = (IPv4Network("10.96.0.0/16"),)
    """At most one for each address family, the same families as `pods`."""

    dns_domain: str = "cluster.local"
    """The domain of Services inside the cluster."""

    gateway: Address | None = None
    """The hosts' way out; local machines need one."""

    dns_servers: tuple[Address, ...] = ()
    """Empty: as the hosts are configured."""

    time_servers: tuple[str, ...] = ()
    """Names or addresses; empty: the distribution's pool."""
