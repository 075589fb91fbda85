"""Address ranges. Two ranges of different families make a dual-stack cluster; most clusters have one."""

from ipaddress import IPv4Network

from plan.settings.model import Model
from plan.settings.names import DnsName
from plan.settings.values import Address, Range


class Network(Model):
    """No two ranges overlap; the first range of pods and of services has the hosts' family."""

    hosts: Range
    """The network of the nodes and the virtual IP."""

    pods: tuple[Range, ...] = (IPv4Network("10.244.0.0/16"),)
    """At most one for each address family."""

    services: tuple[Range, ...] = (IPv4Network("10.96.0.0/16"),)
    """At most one for each address family, the same families as `pods`."""

    dns_domain: DnsName = "cluster.local"
    """The domain of Services inside the cluster."""

    gateway: Address | None = None
    """The hosts' router. Required for local machines."""

    dns_servers: tuple[Address, ...] = ()
    """Empty: as configured on the hosts. Addresses of resolvers outside the cluster."""

    time_servers: tuple[DnsName, ...] = ()
    """Names or addresses; empty: the distribution's pool."""
