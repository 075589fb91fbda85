"""Namespaces that are safe from the start (requirements ADD-13 to ADD-17)."""

from collections.abc import Iterator

from documents.addons.add_on import AddOn
from documents.addons.objects import metadata
from documents.yaml_text import Data, Document
from plan import Plan
from plan.addons.workload import SYSTEM
from plan.settings import Amounts, ManagedNamespace

METADATA_ADDRESSES = ((4, "0.0.0.0/0", "169.254.169.254/32"), (6, "::/0", "fd00:ec2::254/128"))
CRITICAL = ("system-cluster-critical", "system-node-critical")
POD_SECURITY = "pod-security.kubernetes.io"


def add_ons(plan: Plan) -> Iterator[AddOn]:
    """One add-on for each managed namespace."""
    for space in plan.namespaces:
        yield AddOn(
            kind="SafeNamespace",
            name=space.name,
            facts={"podSecurity": space.pod_security, "egress": space.egress},
            objects=objects(plan, space),
            file=f"namespace-{space.name}",
        )


def objects(plan: Plan, space: ManagedNamespace) -> tuple[Document, ...]:
    """The namespace first, then the objects inside it."""
    return (
        _namespace(plan, space),
        *_policies(plan, space),
        _quota(space),
        _no_critical_pods(space),
        _bounds(space),
    )


def _namespace(plan: Plan, space: ManagedNamespace) -> Document:
    # The standard changes with Kubernetes; check its effect when you upgrade the cluster.
    major, minor, _ = plan.settings.control_plane.kubernetes_version.split(".")
    levels = {"enforce": space.pod_security, "audit": "restricted", "warn": "restricted"}
    labels = {
        key: value
        for mode, level in levels.items()
        for key, value in (
            (f"{POD_SECURITY}/{mode}", level),
            (f"{POD_SECURITY}/{mode}-version", f"v{major}.{minor}"),
        )
    }
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata(space.name, None, labels)}


def _policies(plan: Plan, space: ManagedNamespace) -> tuple[Document, ...]:
    """Denies all traffic, then allows DNS and the traffic from the settings.

    Policies are additive, so everything else stays closed.
    """
    dns: list[Data] = [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]
    to_dns: dict[str, Data] = {
        "to": [
            {
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": SYSTEM}},
                "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
            }
        ],
        "ports": dns,
    }
    found = [
        _policy("default-deny", space, {"policyTypes": ["Ingress", "Egress"]}),
        _policy("allow-dns", space, {"policyTypes": ["Egress"], "egress": [to_dns]}),
    ]
    if space.egress == "any":
        to: dict[str, Data] = {"to": everywhere_but_instance_metadata(plan)}
        found.append(_policy("allow-all-but-instance-metadata", space, {"policyTypes": ["Egress"], "egress": [to]}))
    return tuple(found)


def everywhere_but_instance_metadata(plan: Plan) -> list[Data]:
    """Peers of an egress rule: a client that reads a cloud instance's metadata gets the instance's rights."""
    versions = {network.version for network in plan.settings.network.pods}
    return [
        {"ipBlock": {"cidr": everywhere, "except": [address]}}
        for version, everywhere, address in METADATA_ADDRESSES
        if version in versions
    ]


def _policy(name: str, space: ManagedNamespace, spec: dict[str, Data]) -> Document:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata(name, space.name),
        "spec": {"podSelector": {}, **spec},
    }


def _quota(space: ManagedNamespace) -> Document:
    quota = space.quota
    hard: dict[str, Data] = {
        "requests.cpu": quota.requests_cpu,
        "requests.memory": quota.requests_memory,
        "limits.cpu": quota.limits_cpu,
        "limits.memory": quota.limits_memory,
        "pods": str(quota.pods),
        "persistentvolumeclaims": str(quota.persistent_volume_claims),
        "services.loadbalancers": str(quota.load_balancers),
        "services.nodeports": str(quota.node_ports),
        "count/secrets": str(quota.secrets),
        "count/configmaps": str(quota.config_maps),
    }
    return _resource_quota("quota", space, {"hard": hard})


def _no_critical_pods(space: ManagedNamespace) -> Document:
    """Without this quota, a workload that calls itself critical could evict cluster DNS."""
    critical: dict[str, Data] = {"scopeName": "PriorityClass", "operator": "In", "values": list(CRITICAL)}
    return _resource_quota(
        "no-critical-pods", space, {"hard": {"pods": "0"}, "scopeSelector": {"matchExpressions": [critical]}}
    )


def _resource_quota(name: str, space: ManagedNamespace, spec: dict[str, Data]) -> Document:
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata(name, space.name), "spec": spec}


def _bounds(space: ManagedNamespace) -> Document:
    amounts: dict[str, Amounts] = {"cpu": space.containers.cpu, "memory": space.containers.memory}

    def each(key: str) -> dict[str, Data]:
        return {resource: _amount(given, key) for resource, given in amounts.items()}

    limits: dict[str, Data] = {
        "type": "Container",
        "min": each("minimum"),
        "defaultRequest": each("request"),
        "default": each("limit"),
        "max": each("maximum"),
    }
    return {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": metadata("container-defaults", space.name),
        "spec": {"limits": [limits]},
    }


def _amount(given: Amounts, key: str) -> str:
    values = {"minimum": given.minimum, "request": given.request, "limit": given.limit, "maximum": given.maximum}
    return values[key]
