"""Whether an object is ready: the kinds that need time, and their reasons until then."""

from collections.abc import Callable, Mapping, Sequence

from provider.protocol.values import Properties, Value
from workbench.stand_ins.kubernetes.objects import items, mapping, number, text


class Failed(Exception):
    """The object failed: waiting will not make it ready."""


def unready(live: Properties) -> str | None:
    """Why the object is not ready yet; None if it is, or if its kind is ready immediately. Raises `Failed`."""
    judge = JUDGES.get(text(live, "kind"))
    return judge(live) if judge else None


def _deployment(live: Properties) -> str | None:
    for condition in items(live, "status", "conditions"):
        if condition.get("type") == "Progressing" and condition.get("status") == "False":
            raise Failed(f"{text(condition, 'reason')}: {text(condition, 'message')}")
    wanted = number(live, "spec", "replicas")
    return _counted(live, wanted, ("updatedReplicas", "availableReplicas"))


def _daemon_set(live: Properties) -> str | None:
    wanted = number(live, "status", "desiredNumberScheduled")
    return _counted(live, wanted, ("updatedNumberScheduled", "numberAvailable"))


def _counted(live: Properties, wanted: int, fields: Sequence[str]) -> str | None:
    if number(live, "status", "observedGeneration") < number(live, "metadata", "generation"):
        return "its controller has not processed it yet"
    short = [f"{field} {number(live, 'status', field)} of {wanted}" for field in fields]
    return ", ".join(short) if any(number(live, "status", field) < wanted for field in fields) else None


def _namespace(live: Properties) -> str | None:
    phase = text(live, "status", "phase")
    return None if phase == "Active" else f"its phase is {phase or 'unknown'}"


JUDGES: Mapping[str, Callable[[Properties], str | None]] = {
    "DaemonSet": _daemon_set,
    "Deployment": _deployment,
    "Namespace": _namespace,
}


def selector(live: Properties) -> str:
    """The labels of the object's pods, in the form of a query; empty for an object without pods."""
    if text(live, "kind") not in {"DaemonSet", "Deployment"}:
        return ""
    return ",".join(f"{name}={value}" for name, value in mapping(live, "spec", "selector", "matchLabels").items())


def troubles(pods: Sequence[Mapping[str, Value]]) -> list[str]:
    """The reasons why pods do not run, each once, with the pod's name."""
    found = []
    for pod in pods:
        waiting = [mapping(s, "state", "waiting") for s in items(pod, "status", "containerStatuses")]
        unscheduled = [
            condition
            for condition in items(pod, "status", "conditions")
            if condition.get("type") == "PodScheduled" and condition.get("status") == "False"
        ]
        said = next((one for one in (*waiting, *unscheduled) if one), None)
        if said is not None:
            found.append(f"pod {text(pod, 'metadata', 'name')}: {text(said, 'reason')} {text(said, 'message')}".strip())
    return found
