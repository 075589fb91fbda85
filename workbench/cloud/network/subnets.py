"""A bridge for each subnet that instances are in. The router has its first address, as on AWS."""

import hashlib
import json
from ipaddress import IPv4Network

from workbench.cloud.network.namespace import add_address, ip, set_parameter
from workbench.cloud.state import Subnet

ROUTER, RESOLVER = 1, 2  # positions in a subnet and in a VPC (VPC User Guide, "Subnet sizing for IPv4")


def bridge(subnet_id: str) -> str:
    """The name of the subnet's bridge, unique and short enough for an interface."""
    return f"sn{hashlib.sha256(subnet_id.encode()).hexdigest()[:10]}"


def ensure(subnet: Subnet) -> str:
    """Make the subnet's bridge if it does not exist; its name. Raises `Unable`."""
    name = bridge(subnet.id)
    if name not in interfaces():
        ip("link", "add", "name", name, "type", "bridge")
        # Instances of a subnet reach each other through the router only, which enforces the security groups.
        set_parameter(f"net/ipv4/conf/{name}/proxy_arp_pvlan", "1")
        set_parameter(f"net/ipv4/conf/{name}/send_redirects", "0")
        ip("link", "set", "dev", name, "up")
        add_address(f"{router(subnet.cidr)}/{subnet.cidr.prefixlen}", name)
    return name


def join(interface: str) -> None:
    """Isolate an instance's port of the bridge from the other ports."""
    ip("link", "set", "dev", interface, "type", "bridge_slave", "isolated", "on")


def router(cidr: IPv4Network) -> str:
    """The subnet's router."""
    return str(cidr[ROUTER])


def resolver(vpc_cidr: IPv4Network) -> str:
    """The VPC's name server."""
    return str(vpc_cidr[RESOLVER])


def interfaces() -> frozenset[str]:
    """Names and alternative names of all interfaces of this namespace."""
    found = json.loads(ip("-json", "link", "show"))
    return frozenset(name for link in found for name in (link["ifname"], *link.get("altnames", [])))
