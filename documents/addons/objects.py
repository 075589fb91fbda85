"""The parts that objects of all add-ons share."""

from collections.abc import Mapping, Sequence

from documents.yaml_text import Data, Document
from plan.addons.workload import SYSTEM

RBAC = "rbac.authorization.k8s.io"


def metadata(name: str, namespace: str | None = SYSTEM, labels: Mapping[str, str] | None = None) -> Document:
    """Name, namespace (None: cluster-scoped) and labels."""
    place = {"namespace": namespace} if namespace else {}
    return {"name": name, **place, "labels": {"app.kubernetes.io/part-of": "quorate", **(labels or {})}}


def service_account(name: str, namespace: str = SYSTEM) -> Document:
    """The identity of an add-on's pods."""
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata(name, namespace)}


def rule(resources: Sequence[str], verbs: Sequence[str], group: str = "", names: Sequence[str] = ()) -> Document:
    """Allowed verbs for some kinds of one API group; `names`: for these objects only."""
    limited = {"resourceNames": list(names)} if names else {}
    return {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs), **limited}


def cluster_role(name: str, *rules: Document, labels: Mapping[str, str] | None = None) -> Document:
    """A role with rights in the whole cluster."""
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "ClusterRole",
        "metadata": metadata(name, None, labels),
        "rules": list(rules),
    }


def cluster_role_binding(name: str, role: str, *subjects: Document) -> Document:
    """Binds a cluster role to its subjects."""
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": metadata(name, None),
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
        "subjects": list(subjects),
    }


def role_binding(name: str, namespace: str, role: Document, *subjects: Document) -> Document:
    """Binds `role`, such as `{"kind": "Role", "name": ...}`, in one namespace."""
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": metadata(name, namespace),
        "roleRef": {"apiGroup": RBAC, **role},
        "subjects": list(subjects),
    }


def account(name: str, namespace: str = SYSTEM) -> Document:
    """A service account as a subject."""
    return {"kind": "ServiceAccount", "name": name, "namespace": namespace}


def group(name: str) -> Document:
    """A group of people as a subject."""
    return {"apiGroup": RBAC, "kind": "Group", "name": name}


def disruption_budget(name: str, selector: Mapping[str, str], namespace: str = SYSTEM) -> Document:
    """Drains evict one pod at a time, and a broken one immediately (requirements ADD-21)."""
    spec: dict[str, Data] = {
        "maxUnavailable": 1,
        "selector": {"matchLabels": dict(selector)},
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
    }
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata(name, namespace),
        "spec": spec,
    }
