"""Checks of the whole environment: what a single node cannot check (requirement OPS-26)."""

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from operations import status
from operations.environment import Environment, Host, OperationFailed
from operations.kubectl import answer

API_PORT = 6443  # where kubeadm's API server listens on each node
LEADERS = ("kube-controller-manager", "kube-scheduler")
STALE_SECONDS = 30.0  # both renew their lease every 2 s and lose it after 15 s
EVERYWHERE = "everywhere"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One result. `where` is a node's name or `everywhere`; `fix` says what to do if the check fails."""

    subject: str
    where: str
    well: bool
    seen: str
    fix: str


def checks(of: Environment) -> Iterator[Check]:
    """Run every check, even if an earlier one fails."""
    tried: tuple[tuple[str, Callable[[Environment], str], str], ...] = (
        ("status", _status, "`make status` lists it by node; `journalctl -u NAME` on the node says why"),
        ("endpoint", _endpoint, "`make status`; `journalctl -u haproxy` on the owner shows the balancer's view"),
        ("nodes", _nodes, "`make kubectl ARGS='describe node NAME'` says why; `pulumi up --refresh` repairs it"),
        ("leaders", _leaders, "see /var/log/pods on the node that led last"),
        ("a write", _write, "an API server that does not return it uses another etcd: see `make status`"),
    )
    for subject, look, fix in tried:
        try:
            seen, well = look(of), True
        except (OperationFailed, KeyError, ValueError) as failure:
            seen, well = str(failure), False
        yield Check(subject=subject, where=EVERYWHERE, well=well, seen=seen, fix=fix)


def _status(of: Environment) -> str:
    """The same health check as in `status` and `up`."""
    nodes = status.gather(of)
    if found := status.problems(of, nodes):
        raise OperationFailed("; ".join(found))
    if of.endpoint_address is None:
        return "every node is healthy, and the address belongs to the balancer"
    return f"every node is healthy, and {of.endpoint_address} is on {next(n.name for n in nodes if n.owns_address)}"


def _endpoint(of: Environment) -> str:
    said = answer(of, "get", "--raw", "/readyz")
    if said.strip() != "ok":
        raise OperationFailed(said)
    return f"{of.endpoint_name}:{of.endpoint_port} is ready, with a certificate for that name"


def _nodes(of: Environment) -> str:
    """Every API server returns the same list: each node of the stack, ready, all with the same version."""
    lists = {host.name: _listed(of, host) for host in of.hosts}
    first = next(iter(lists.values()))
    if any(other != first for other in lists.values()):
        raise OperationFailed(f"the API servers do not agree: {lists}")
    missing = [host.name for host in of.hosts if host.name not in first]
    unready = [f"{name}: {state}" for name, state in first.items() if not state.startswith("Ready ")]
    if missing or unready:
        raise OperationFailed("; ".join([*unready, *(f"{name} is not registered" for name in missing)]))
    versions = sorted(set(first.values()))
    if len(versions) > 1:
        raise OperationFailed(f"the nodes differ: {', '.join(f'{name} {state}' for name, state in first.items())}")
    return f"{', '.join(first)} from every API server: {versions[0]}"


def _listed(of: Environment, host: Host) -> dict[str, str]:
    """State, kubelet and runtime by node's name."""
    found = json.loads(answer(of, *to(of, host), "get", "nodes", "-o", "json"))["items"]
    listed = {}
    for node in found:
        ready = next(c["status"] for c in node["status"]["conditions"] if c["type"] == "Ready") == "True"
        info = node["status"]["nodeInfo"]
        state = f"{'Ready' if ready else 'not ready'} {info['kubeletVersion']} {info['containerRuntimeVersion']}"
        listed[str(node["metadata"]["name"])] = state
    return dict(sorted(listed.items()))


def _leaders(of: Environment) -> str:
    """The controller-manager and the scheduler have a leader that renews its lease."""
    found = []
    for name in LEADERS:
        spec = json.loads(answer(of, "-n", "kube-system", "get", "lease", name, "-o", "json"))["spec"]
        silent = (datetime.now(UTC) - datetime.fromisoformat(spec["renewTime"])).total_seconds()
        if not spec.get("holderIdentity") or silent > STALE_SECONDS:
            raise OperationFailed(f"{name}: no leader for {silent:.0f} s")
        found.append(f"{name} on {spec['holderIdentity'].split('_')[0]}")
    return ", ".join(found)


def _write(of: Environment) -> str:
    """Write through the endpoint, then read from every API server directly."""
    name, value = f"quorate-verify-{secrets.token_hex(4)}", secrets.token_hex(8)
    there = ("-n", "kube-system")
    answer(of, *there, "create", "configmap", name, f"--from-literal=value={value}")
    try:
        for host in of.hosts:
            read = answer(of, *to(of, host), *there, "get", "configmap", name, "-o", "jsonpath={.data.value}")
            if read != value:
                raise OperationFailed(f"{host.name} shows {read!r} instead of {value!r}")
    finally:
        answer(of, *there, "delete", "configmap", name, "--ignore-not-found")
    return "written through the endpoint, read from every API server, removed"


def to(of: Environment, host: Host) -> tuple[str, ...]:
    """Arguments for kubectl: use that node's API server instead of the endpoint."""
    address = f"[{host.address}]" if ":" in host.address else host.address
    return (f"--server=https://{address}:{API_PORT}", f"--tls-server-name={of.endpoint_name}")
