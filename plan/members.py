"""etcd members: one on each control-plane node."""

from dataclasses import dataclass
from ipaddress import IPv6Address

from plan.nodes import Address, Node

CLIENT_PORT = 2379  # etcd's registered client port (IANA: etcd-client)
PEER_PORT = 2380  # etcd's registered peer port (IANA: etcd-server)
METRICS_PORT = 2381  # kubeadm's port for etcd's health and metrics; here on loopback only


@dataclass(frozen=True, kw_only=True)
class Member:
    """One voting member. Its URLs are https and contain the node's address, so that members do not depend on DNS."""

    name: str
    address: Address
    peer_url: str
    client_url: str


def url(address: Address, port: int) -> str:
    """https URL of an address; IPv6 in brackets."""
    host = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
    return f"https://{host}:{port}"


def members(nodes: tuple[Node, ...]) -> tuple[Member, ...]:
    """The complete member list, in the order of the nodes."""
    return tuple(
        Member(
            name=node.name,
            address=node.address,
            peer_url=url(node.address, PEER_PORT),
            client_url=url(node.address, CLIENT_PORT),
        )
        for node in nodes
    )


def initial_cluster(of: tuple[Member, ...]) -> str:
    """etcd's --initial-cluster: `name=peer URL` of every member, separated by commas."""
    return ",".join(f"{member.name}={member.peer_url}" for member in of)
