"""Converts the plan into resource inputs that are known before anything exists."""

from documents.encryption import outline
from plan import Node, Plan


def cluster_facts(plan: Plan) -> dict[str, object]:
    """Return plain values only, so that policies never see an unknown."""
    settings = plan.settings
    return {
        "cluster": settings.cluster,
        "kind": settings.kind,
        "environment": settings.preset,
        "endpoint": {
            "name": plan.endpoint.name,
            "port": plan.endpoint.port,
            "address": str(plan.endpoint.address) if plan.endpoint.address else None,
        },
        "serviceAccountIssuers": list(plan.service_account_issuers),
        "serviceIps": [str(address) for address in plan.service_ips],
        "dnsDomain": settings.network.dns_domain,
        "nodes": [_facts(node) for node in plan.nodes],
        **({"workers": [_facts(node) for node in plan.workers]} if plan.workers else {}),
        "kubernetesVersion": settings.control_plane.kubernetes_version,
        "etcdVersion": settings.etcd.version,
        "encryption": {"resources": outline(settings.control_plane.encryption)},
        "ranges": {
            "hosts": str(settings.network.hosts),
            "pods": [str(network) for network in settings.network.pods],
            "services": [str(network) for network in settings.network.services],
        },
    }


def _facts(node: Node) -> dict[str, str]:
    return {"name": node.name, "address": str(node.address), "failureDomain": node.failure_domain}
