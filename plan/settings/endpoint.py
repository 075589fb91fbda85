"""The API's one address: a name, a port and, on your own hosts, a virtual IP in front of a balancer on every node."""

from typing import Literal

from plan.settings.model import Model
from plan.settings.names import DnsName
from plan.settings.values import Address


class VirtualIp(Model):
    """The address that Keepalived moves between the balancing hosts (VRRP version 3, unicast)."""

    address: Address
    """A free address in the hosts' network."""

    interface: str = "eth0"
    """The interface that carries it on every balancing host; a host's own `interface` overrides it."""

    router_id: int = 78
    """VRRP group, unique in the network segment; not 51, the number in every example."""

    advert_seconds: float = 0.3
    """Between two advertisements of the owner; another host takes over when about three are missing."""


class EndpointSettings(Model):
    """The address that clients dial, and what serves it."""

    name: DnsName
    """DNS name, such as api.prod.example.com."""

    other_names: tuple[DnsName, ...] = ()
    """Names that stay valid in the API servers' certificates, such as the previous one while clients move to `name`."""

    port: int = 8443
    """6443 only on dedicated balancer hosts: on a node it is the API server's own."""

    virtual_ip: VirtualIp | None = None
    """Required for hosts."""

    balancer: Literal["haproxy", "nginx"] = "haproxy"
    """haproxy checks /readyz of every API server; nginx only notices failed connections."""

    dedicated_hosts: tuple[str, ...] = ()
    """Names of `balancers`; empty: the nodes balance themselves."""
