"""The audit policy: every change is logged, and never the body of a secret (CP-07)."""

from documents.yaml_text import Data, yaml_text
from plan.settings import Audit

# Requests that the control plane sends to itself many times a second.
OWN_USERS = ("system:apiserver", "system:kube-controller-manager", "system:kube-scheduler")
NODES = "system:nodes"
CONTROLLERS = "system:serviceaccounts:kube-system"

# Bodies that are or contain secrets. Only their metadata (who, what, when) is logged, regardless of the level.
CONFIDENTIAL: tuple[dict[str, Data], ...] = (
    {"group": "", "resources": ["secrets", "configmaps", "serviceaccounts/token"]},
    {"group": "authentication.k8s.io", "resources": ["tokenreviews"]},
)


def policy(audit: Audit) -> str:
    """The policy; the first rule that matches decides. `audit.level` is the level of every remaining change."""
    return yaml_text(
        {
            "apiVersion": "audit.k8s.io/v1",
            "kind": "Policy",
            "omitStages": ["RequestReceived"],
            "omitManagedFields": True,
            "rules": [
                {"level": "None", "nonResourceURLs": ["/livez*", "/readyz*", "/healthz*", "/version"]},
                {"level": "None", "users": list(OWN_USERS), "resources": [_LEASES, _EVENTS]},
                {"level": "None", "userGroups": [NODES], "resources": [_LEASES, _EVENTS, _NODE_STATUS]},
                {"level": "Metadata", "resources": list(CONFIDENTIAL)},
                {"level": "None", "users": list(OWN_USERS), "verbs": _READING},
                {"level": "None", "userGroups": [NODES, CONTROLLERS], "verbs": _READING},
                # Reads by other clients are logged without bodies, because a list may contain the whole cluster.
                {"level": "Metadata", "verbs": _READING},
                {"level": audit.level},
            ],
        }
    )


_LEASES: dict[str, Data] = {"group": "coordination.k8s.io", "resources": ["leases"]}
_EVENTS: dict[str, Data] = {"group": "", "resources": ["events"]}
_NODE_STATUS: dict[str, Data] = {"group": "", "resources": ["nodes/status", "pods/status"]}
_READING: list[Data] = ["get", "list", "watch"]
