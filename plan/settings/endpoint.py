"""The API's one address: a name, a port and, on one's own hosts, a virtual IP in front of a balancer on every node."""

from typing import Literal

from plan.settings.model import Model
from plan.settings.values import Address


class VirtualIp(Model):
    """The address that Keepalived moves between the balancing hosts (VRRP version 3, unicast)."""

    address: Address
    interface: str = "eth0"
    router_id: int = 78  # unique per layer-2 segment; 51 is what everybody copies
    advert_seconds: float = 0.3


class EndpointSettings(Model):
    """What clients dial, and what stands behind it."""

    name: str  # DNS name, such as api.prod.example.com
    port: int = 8443  # 6443 only on dedicated balancer hosts: on a node it is the API server's own
    virtual_ip: VirtualIp | None = None
    balancer: Literal["haproxy", "nginx"] = "haproxy"
    dedicated_hosts: tuple[str, ...] = ()  # names of `balancers` hosts; empty: the nodes balance themselves
