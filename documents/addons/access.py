"""RBAC rights of three groups of people (requirements ADD-24).

Each role names what it allows; there is no `*`, and only the administrators of a namespace see its Secrets.
"""

from collections.abc import Iterator

from documents.addons.add_on import AddOn
from documents.addons.objects import cluster_role, cluster_role_binding, group, role_binding, rule
from documents.yaml_text import Document
from plan import Plan

READ = ("get", "list", "watch")
VIEWER, OPERATOR = "quorate:viewer", "quorate:operator"


def add_ons(plan: Plan) -> Iterator[AddOn]:
    """Enabled by `addons.access`. Administrators get a role in each managed namespace, which exists first."""
    given = plan.settings.addons.access
    if given.enabled:
        yield AddOn(
            kind="Access",
            name="access",
            facts={"viewers": given.viewers, "operators": given.operators, "admins": given.admins},
            objects=objects(plan),
            after=tuple(f"SafeNamespace/{space.name}" for space in plan.namespaces),
        )


def objects(plan: Plan) -> tuple[Document, ...]:
    """Roles, then their bindings. Operators and administrators are viewers too."""
    access = plan.settings.addons.access
    groups = [*access.viewers, *access.operators, *access.admins]
    viewers, operators = dict.fromkeys(groups), dict.fromkeys(access.operators)
    return (
        _viewer(),
        _operator(),
        cluster_role_binding(VIEWER, VIEWER, *(group(name) for name in viewers)),
        # Kubernetes' own role: everything about workloads, without Secrets.
        cluster_role_binding(f"{VIEWER}:workloads", "view", *(group(name) for name in viewers)),
        cluster_role_binding(OPERATOR, OPERATOR, *(group(name) for name in operators)),
        *(
            # Kubernetes' own role `admin`: the whole namespace except its quota, limits and labels.
            role_binding(
                "quorate:admin",
                space.name,
                {"kind": "ClusterRole", "name": "admin"},
                *(group(name) for name in dict.fromkeys(access.admins)),
            )
            for space in plan.namespaces
        ),
    )


def _viewer() -> Document:
    """Rights on cluster-scoped objects; `view` covers the rest."""
    return cluster_role(
        VIEWER,
        rule(("nodes", "namespaces", "persistentvolumes"), READ),
        rule(("storageclasses", "volumeattachments", "csidrivers", "csinodes"), READ, "storage.k8s.io"),
        rule(("priorityclasses",), READ, "scheduling.k8s.io"),
        rule(("clusterroles", "clusterrolebindings", "roles", "rolebindings"), READ, "rbac.authorization.k8s.io"),
        rule(("certificatesigningrequests",), READ, "certificates.k8s.io"),
        rule(("leases",), READ, "coordination.k8s.io"),
        rule(("apiservices",), READ, "apiregistration.k8s.io"),
        rule(("customresourcedefinitions",), READ, "apiextensions.k8s.io"),
        rule(("nodes", "pods"), READ, "metrics.k8s.io"),
    )


def _operator() -> Document:
    """Rights to cordon, drain, restart and scale."""
    return cluster_role(
        OPERATOR,
        rule(("nodes",), ("patch",)),
        rule(("pods/eviction",), ("create",)),
        rule(("pods",), ("delete",)),
        rule(("deployments", "statefulsets", "daemonsets"), ("patch",), "apps"),
        rule(("deployments/scale", "statefulsets/scale"), ("get", "patch", "update"), "apps"),
    )
