"""The inputs of a cluster resource."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from provider.hosts import connection
from provider.hosts.connection import Connection
from provider.protocol.values import UNKNOWN, Properties, Value

API_PORT = 6443  # where kubeadm's API server listens on each node


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """The API's one address. `address` is empty if only the name is stable."""

    name: str
    port: int
    address: str | None


@dataclass(frozen=True, kw_only=True)
class ClusterInputs:
    """Complete inputs. `authority`: PEM; `disposable`: the machines and their disks are destroyed after the cluster."""

    nodes: tuple[Connection, ...]
    endpoint: Endpoint
    authority: str = field(repr=False)
    disposable: bool


def cluster_inputs(values: Properties) -> ClusterInputs:
    """Read checked inputs; all values are known."""
    endpoint = values["endpoint"]
    if not isinstance(endpoint, Mapping):
        raise TypeError("check has validated a mapping")
    address = endpoint.get("address")
    return ClusterInputs(
        nodes=tuple(connection.connection(str(node["name"]), dict(node)) for node in _nodes(values)),
        endpoint=Endpoint(
            name=str(endpoint["name"]), port=int(str(endpoint["port"])), address=str(address) if address else None
        ),
        authority=str(values["authority"]),
        disposable=values.get("disposable") is True,
    )


def problems(values: Properties) -> Iterator[str]:
    """Every problem. UNKNOWN values are skipped."""
    nodes, endpoint, authority = values.get("nodes"), values.get("endpoint"), values.get("authority")
    if nodes != UNKNOWN and not (isinstance(nodes, Sequence) and not isinstance(nodes, str) and nodes):
        yield "nodes must be a list of every node of the cluster"
    for number, node in enumerate(nodes if isinstance(nodes, Sequence) and not isinstance(nodes, str) else ()):
        if node != UNKNOWN and not (isinstance(node, Mapping) and node.get("name")):
            yield f"nodes[{number}].name is missing"
        yield from connection.problems(node, f"nodes[{number}]")
    if endpoint != UNKNOWN and not (isinstance(endpoint, Mapping) and endpoint.get("name") and endpoint.get("port")):
        yield "endpoint must have a name and a port, and an address if it is fixed"
    if authority != UNKNOWN and not (isinstance(authority, str) and "BEGIN CERTIFICATE" in authority):
        yield "authority must be the PEM certificate that signs the API servers' certificates"


def judged(values: Properties) -> dict[str, Value]:
    """The inputs that readiness depends on, for a comparison."""
    return {
        "nodes": [[node.get("name"), node.get("address")] for node in _nodes(values)],
        "endpoint": values.get("endpoint"),
        "authority": values.get("authority"),
    }


def _nodes(values: Properties) -> Iterator[Mapping[str, Value]]:
    nodes = values.get("nodes")
    if isinstance(nodes, Sequence):
        yield from (node for node in nodes if isinstance(node, Mapping))
