"""The names of server certificates, so that clients can verify a server by every name they use for it."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TypeVar

from plan.network.endpoint import Endpoint
from plan.nodes import Address, Node

T = TypeVar("T")

LOOPBACK: tuple[Address, ...] = (ip_address("127.0.0.1"), ip_address("::1"))


@dataclass(frozen=True, kw_only=True)
class Names:
    """Subject alternative names, each once, in a fixed order (another order would be another certificate)."""

    dns: tuple[str, ...]
    addresses: tuple[Address, ...]


def api_server(node: Node, *, endpoint: Endpoint, service_ips: tuple[Address, ...], dns_domain: str) -> Names:
    """The API server's names: those of the Service inside the cluster, the endpoint, the node and loopback."""
    fixed = (endpoint.address,) if endpoint.address else ()
    return Names(
        dns=_once(
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
            f"kubernetes.default.svc.{dns_domain}",
            endpoint.name,
            *endpoint.other_names,
            node.name,
            "localhost",
        ),
        addresses=_once(*fixed, node.address, *service_ips, *LOOPBACK),
    )


def etcd(node: Node) -> Names:
    """An etcd member's names, as server and as peer."""
    return Names(dns=_once(node.name, "localhost"), addresses=_once(node.address, *LOOPBACK))


def kubelet(node: Node) -> Names:
    """The kubelet's names: API servers and metrics-server dial the node; no client uses TLS on loopback."""
    return Names(dns=(node.name,), addresses=(node.address,))


def _once(*names: T) -> tuple[T, ...]:
    return tuple(dict.fromkeys(names))
