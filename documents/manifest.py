"""node.json: what the agent needs to know in addition to the files."""

import json

from documents import backup
from documents.artifacts import digests
from documents.balancing import balances, dedicated_hosts, role
from documents.kubeadm import SKIPPED_PHASES
from documents.packages import packages
from documents.serving import shutdown_delay
from plan import Node, Plan
from plan.network.proxy import environment
from plan.network.virtual_ip import interface
from plan.settings import Digest

# Files in a store that only control-plane nodes need.
CONTROL_PLANE = frozenset(
    [f"bin/{name}" for name in ("etcd", "etcdctl", "etcdutl", "kubeadm", "kubectl")]
    + [f"images/{name}.tar" for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler")]
)

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]


def manifest(plan: Plan, node: Node) -> str:
    """The manifest as indented JSON with a newline at its end; stable, so that equal plans give equal texts."""
    settings = plan.settings
    content: dict[str, JsonValue] = {
        "cluster": settings.cluster,
        "node": {"name": node.name, "address": str(node.address)},
        "role": role(plan, node),
        "members": _members(plan) if role(plan, node) == "control-plane" else [],
        "hosts": _hosts(plan),
        "endpoint": {
            "name": plan.endpoint.name,
            "port": plan.endpoint.port,
            "address": str(plan.endpoint.address) if plan.endpoint.address else None,
        },
        "balancer": settings.endpoint.balancer if balances(plan, node) else None,
        "virtualIp": _virtual_ip(plan, node),
        "kubernetesVersion": settings.control_plane.kubernetes_version,
        "etcdVersion": settings.etcd.version,
        "skipPhases": list(SKIPPED_PHASES),
        "shutdownDelaySeconds": shutdown_delay(settings),
        "artifacts": _artifacts(plan, node),
        "proxy": dict(environment(settings)),
        **({"backups": _backups(plan, node)} if role(plan, node) == "control-plane" else {}),
    }
    return json.dumps(content, indent=2) + "\n"


def _members(plan: Plan) -> list[JsonValue]:
    return [{"name": m.name, "peerUrl": m.peer_url, "clientUrl": m.client_url} for m in plan.members]


def _backups(plan: Plan, node: Node) -> JsonValue:
    return {
        name: value if isinstance(value, str | int) else [*value]
        for name, value in backup.destination(plan, node).items()
    }


def _hosts(plan: Plan) -> list[JsonValue]:
    """Lines of the hosts file: the endpoint (if its address is static) and every host by name."""
    endpoint = plan.endpoint
    named = [(host.address, [host.name]) for host in (*plan.kubernetes_nodes, *dedicated_hosts(plan))]
    if endpoint.address is not None:
        named.insert(0, (endpoint.address, [endpoint.name, *endpoint.other_names]))
    return [{"address": str(address), "names": [*names]} for address, names in named]


def _virtual_ip(plan: Plan, node: Node) -> JsonValue:
    virtual_ip = plan.settings.endpoint.virtual_ip
    if virtual_ip is None or not balances(plan, node):
        return None
    return {
        "address": str(virtual_ip.address),
        "interface": interface(plan.settings, node.name),
        "advertSeconds": virtual_ip.advert_seconds,
    }


def _artifacts(plan: Plan, node: Node) -> JsonValue:
    artifacts = plan.settings.artifacts
    needed = packages(plan, node)
    listed: JsonValue = [{"name": p.name, "version": p.version, "minimum": p.minimum, "held": p.held} for p in needed]
    if artifacts.source == "packages":
        return {"source": "packages", "packages": listed}
    names = frozenset(package.name for package in needed)
    return {
        "source": "store",
        "store": artifacts.store,
        "packages": listed,
        "digests": [_digest(d) for d in digests(plan.settings, names) if _wants(plan, node, d)],
    }


def _wants(plan: Plan, node: Node, digest: Digest) -> bool:
    return role(plan, node) == "control-plane" or digest.path not in CONTROL_PLANE


def _digest(digest: Digest) -> JsonValue:
    text: dict[str, JsonValue] = {"path": digest.path, "sha256": digest.sha256, "kind": digest.kind}
    if digest.kind == "package":
        text |= {"release": digest.release, "name": digest.name, "version": digest.version}
        text["neededBy"] = list(digest.needed_by)
    return text
