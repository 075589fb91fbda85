"""How pods of add-ons are placed and confined."""

from collections.abc import Mapping, Sequence

from documents.yaml_text import Data, Document
from plan import Settings
from plan.addons.workload import Workload

NOBODY = 65532  # the user `nonroot` of distroless images, in which these programs are published
CONTROL_PLANE = "node-role.kubernetes.io/control-plane"
# Kubernetes' default is 300 s; a replica of a dead node is made again elsewhere after half a minute.
GONE_SECONDS = 30


def tolerations() -> list[Data]:
    """Control-plane nodes are often all there is; and a dead node's pods are given up soon."""
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
    """No two replicas on a node while another has none, and failure domains as even as can be."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": otherwise,
            "labelSelector": {"matchLabels": dict(selector)},
            # Counted within one generation: an update would otherwise be held up by the replicas that it replaces.
            "matchLabelKeys": ["pod-template-hash"],
            # A node that takes no pods is no place that could have one.
            "nodeTaintsPolicy": "Honor",
        }
        for key, otherwise in (
            ("kubernetes.io/hostname", "DoNotSchedule"),
            ("topology.kubernetes.io/zone", "ScheduleAnyway"),
        )
    ]


def pod_security(*, user: int = NOBODY) -> Document:
    """Not root, and the runtime's filter of system calls."""
    return {"runAsNonRoot": True, "runAsUser": user, "runAsGroup": user, "seccompProfile": {"type": "RuntimeDefault"}}


def container_security(*, capabilities: Sequence[str] = ()) -> Document:
    """No new rights, nothing to write to, and of root's capabilities only those that are named."""
    added: dict[str, Data] = {"add": list(capabilities)} if capabilities else {}
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {**added, "drop": ["ALL"]},
    }


def resources(workload: Workload) -> Document:
    """Requests, and a limit of memory."""
    return {
        "requests": {"cpu": workload.cpu, "memory": workload.memory},
        "limits": {"memory": workload.memory_limit},
    }


def pull_policy(settings: Settings) -> str:
    """Images of the store are on every node already, and where a store is used there is often nowhere to pull from."""
    return "Never" if settings.artifacts.source == "store" else "IfNotPresent"
