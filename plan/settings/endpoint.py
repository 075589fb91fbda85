"""The API's one address: a name, a port and, on one's own hosts, a virtual IP in front of a balancer on every node."""

from typing import Literal

from plan.settings.model import Model
from plan.settings.values import Address


class VirtualIp(Model):
    """The address that Keepalived moves between the balancing hosts (VRRP version 3, unicast)."""

    address: Address
    """Free, and in the hosts' network."""

    interface: str = "eth0"
    """The interface that carries it, on every balancing host."""

    router_id: int = 78
    """VRRP group, unique in the network segment; not 51, which everybody copies."""

    advert_seconds: float = 0.3
    """Between two signs of life of the owner; another host takes over after about three of them are missing."""


class EndpointSettings(Model):
    """What clients dial, and what stands behind it."""

    name: str
    """DNS name, such as api.prod.example.com."""

    port: int = 8443
    """6443 only on dedicated balancer hosts: on a node it is the API server's own."""

    virtual_ip: VirtualIp | None = None
    """Required for hosts."""

    balancer: Literal["haproxy", "nginx"] = "haproxy"
    """haproxy asks every API server for /readyz; nginx only notices failed connections."""

    dedicated_hosts: tuple[str, ...] = ()
    """Names of `balancers`; empty: the nodes balance themselves."""
