"""The versions that the nodes run, as the programs report them."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from operations import status
from operations.checks import to
from operations.environment import Environment, Host, OperationFailed
from operations.kubectl import answer
from operations.table import table
from plan.upgrades import Running

SILENT = "?"
REQUESTED = "apiserver_requested_deprecated_apis{"  # a metric of the API server, KEP-1693
LABEL = re.compile(r'(\w+)="([^"]*)"')


def running(of: Environment, seen: Iterable[status.NodeStatus]) -> tuple[Running, ...]:
    """Every node's versions, without `v`; `?` if a program does not respond. `seen`: status of the nodes."""
    kubelets: dict[str, str] = {}
    with suppress(OperationFailed):
        listed = json.loads(answer(of, "get", "nodes", "-o", "json"))["items"]
        kubelets = {node["metadata"]["name"]: node["status"]["nodeInfo"]["kubeletVersion"] for node in listed}
    members = {node.name: node.etcd_version for node in seen}
    return tuple(
        Running(
            node=host.name,
            kubelet=kubelets.get(host.name, SILENT).removeprefix("v"),
            api_server=_api_server(of, host),
            etcd=members.get(host.name) or SILENT,
        )
        for host in of.hosts
    )


def show(nodes: tuple[Running, ...]) -> None:
    """Format one line for each node."""
    rows = [(node.node, node.api_server, node.kubelet, node.etcd) for node in nodes]
    print("\n".join(table(("NODE", "API SERVER", "KUBELET", "ETCD"), rows)), flush=True)


def removed_soon(of: Environment, minor: tuple[int, int]) -> tuple[str, ...]:
    """APIs that this minor version no longer serves, but that clients have used since the API servers started."""
    said = (answer(of, *to(of, host), "get", "--raw", "/metrics") for host in of.hosts)
    return tuple(sorted({api for metrics in said for api in removed(metrics, minor)}))


def removed(metrics: str, minor: tuple[int, int]) -> Iterator[str]:
    """The `group/version/resource` in one API server's metrics."""
    for line in metrics.splitlines():
        if line.startswith(REQUESTED):
            labels = dict(LABEL.findall(line))
            end = labels["removed_release"]
            if end and tuple(map(int, end.split("."))) <= minor:
                yield "/".join(labels[part] for part in ("group", "version", "resource"))


def _api_server(of: Environment, host: Host) -> str:
    try:
        said = json.loads(answer(of, *to(of, host), "get", "--raw", "/version"))
    except (OperationFailed, ValueError):
        return SILENT
    return str(said["gitVersion"]).removeprefix("v")
