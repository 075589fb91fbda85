"""How pods of add-ons are placed and confined."""

from collections.abc import Mapping, Sequence

from documents.yaml_text import Data, Document
from plan import Settings
from plan.addons.workload import Workload

NOBODY = 65532  # the user `nonroot` of distroless images, in which these programs are published
CONTROL_PLANE = "node-role.kubernetes.io/control-plane"
# Kubernetes' default is 300 s; here a replica of a dead node is recreated elsewhere after half a minute.
GONE_SECONDS = 30


def tolerations() -> list[Data]:
    """Pods tolerate control-plane nodes, which are often the only nodes, and move away from a dead node quickly."""
    gone: list[Data] = [
        {
            "key": f"node.kubernetes.io/{state}",
            "operator": "Exists",
            "effect": "NoExecute",
            "tolerationSeconds": GONE_SECONDS,
        }
        for state in ("not-ready", "unreachable")
    ]
    return [
        {"key": CONTROL_PLANE, "operator": "Exists", "effect": "NoSchedule"},
        {"key": "CriticalAddonsOnly", "operator": "Exists"},
        *gone,
    ]


def spread(selector: Mapping[str, str]) -> list[Data]:
    """Replicas are spread over nodes first, and over failure domains as evenly as possible."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": otherwise,
            "labelSelector": {"matchLabels": dict(selector)},
            # Counted within one revision; otherwise the replicas that an update replaces would block it.
            "matchLabelKeys": ["pod-template-hash"],
            # A node that accepts no pods does not count.
            "nodeTaintsPolicy": "Honor",
        }
        for key, otherwise in (
            ("kubernetes.io/hostname", "DoNotSchedule"),
            ("topology.kubernetes.io/zone", "ScheduleAnyway"),
        )
    ]


def pod_security(*, user: int = NOBODY) -> Document:
    """Pods do not run as root and use the runtime's default seccomp profile."""
    return {"runAsNonRoot": True, "runAsUser": user, "runAsGroup": user, "seccompProfile": {"type": "RuntimeDefault"}}


def container_security(*, capabilities: Sequence[str] = ()) -> Document:
    """Containers cannot gain privileges, have a read-only root, and only get the named capabilities."""
    added: dict[str, Data] = {"add": list(capabilities)} if capabilities else {}
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {**added, "drop": ["ALL"]},
    }


def resources(workload: Workload) -> Document:
    """Requests and a memory limit."""
    return {
        "requests": {"cpu": workload.cpu, "memory": workload.memory},
        "limits": {"memory": workload.memory_limit},
    }


def pull_policy(settings: Settings) -> str:
    """Images from the store are already on every node, and with a store there is often no reachable registry."""
    return "Never" if settings.artifacts.source == "store" else "IfNotPresent"
