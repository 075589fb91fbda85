"""Address ranges. Two ranges of different families make a dual-stack cluster; one is the rule."""

from ipaddress import IPv4Network

from plan.settings.model import Model
from plan.settings.values import Address, Range


class Network(Model):
    """Ranges must not overlap; the first range of pods and services decides the main family."""

    hosts: Range  # where the nodes and the virtual IP live
    pods: tuple[Range, ...] = (IPv4Network("10.244.0.0/16"),)
    services: tuple[Range, ...] = (IPv4Network("10.96.0.0/16"),)
    dns_domain: str = "cluster.local"
    gateway: Address | None = None
    dns_servers: tuple[str, ...] = ()
    time_servers: tuple[str, ...] = ()  # empty: the distribution's pool
