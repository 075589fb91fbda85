"""Cluster DNS survives the loss of a node."""

import json
from collections.abc import Iterator

from policies.facts import nodes
from policies.parsers.corefile import zones
from policies.rule import Level, Severity, rule
from policies.scope import OBJECT
from policies.stack import Stack
from policies.views.cluster_objects import cluster_objects
from policies.views.workloads import SYSTEM, Workload, workloads
from policies.violation import Violation

DNS = "Kubernetes documentation: customizing DNS service"
AUTOSCALING = "Kubernetes documentation: autoscale the DNS service in a cluster"
HOST = "kubernetes.io/hostname"
PLUGINS = ("errors", "health", "ready", "kubernetes", "forward", "cache", "loop", "reload", "loadbalance")


def _servers(stack: Stack) -> Iterator[Workload]:
    for workload in workloads(stack):
        if workload.object.namespace == SYSTEM and workload.labels.get("k8s-app") == "kube-dns":
            yield workload


@rule(
    id="P88",
    title="Cluster DNS has replicas on several nodes and survives a drain",
    fix="Run two replicas or more, spread them by kubernetes.io/hostname, add a PodDisruptionBudget, and let an "
    "autoscaler prevent the single point of failure.",
    evidence=OBJECT,
    severity=Severity.HIGH,
    references=(AUTOSCALING,),
    thresholds={"replicas": 2},
)
def surviving_dns(stack: Stack, *, replicas: int) -> Iterator[Violation]:
    """When the node of the only replica dies, no name resolves anywhere until another one has started."""
    if len(nodes(stack)) == 1:
        return
    budgets = [found for found in cluster_objects(stack) if found.kind == "PodDisruptionBudget"]
    for workload in _servers(stack):
        if workload.replicas is not None and workload.replicas < replicas:
            yield workload.violation(f"has {workload.replicas} replica(s), {replicas} are needed")
        if workload.object.kind != "DaemonSet" and not _spread(workload):
            yield workload.violation(f"is not spread by {HOST}")
        if not any(
            budget.namespace == SYSTEM and workload.selected_by(budget.spec.part("selector")) for budget in budgets
        ):
            yield workload.violation("has no PodDisruptionBudget")
    for found in cluster_objects(stack):
        if found.kind == "ConfigMap" and found.namespace == SYSTEM:
            numbers = _linear(found.properties.part("data").text("linear"))
            if "coresPerReplica" in numbers and numbers.get("preventSinglePointFailure") is not True:
                yield found.violation("does not set preventSinglePointFailure")


def _spread(workload: Workload) -> bool:
    constraints = workload.pod.parts("topologySpreadConstraints")
    if any(constraint.text("topologyKey") == HOST for constraint in constraints):
        return True
    apart = workload.pod.part("affinity").part("podAntiAffinity")
    required = apart.parts("requiredDuringSchedulingIgnoredDuringExecution")
    preferred = [
        term.part("podAffinityTerm") for term in apart.parts("preferredDuringSchedulingIgnoredDuringExecution")
    ]
    return any(term.text("topologyKey") == HOST for term in (*required, *preferred))


def _linear(text: str) -> dict[str, object]:
    try:
        parsed = json.loads(text)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


@rule(
    id="P89",
    title="The Corefile keeps the plugins that a cluster needs",
    fix="Keep " + ", ".join(PLUGINS) + " in the zone of all names, and remove `upstream`.",
    evidence=OBJECT,
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    references=(DNS,),
)
def complete_corefile(stack: Stack) -> Iterator[Violation]:
    """They provide health probes, an error log, loop detection, and changes without a restart."""
    for found in cluster_objects(stack):
        if found.kind != "ConfigMap":
            continue
        text = found.properties.part("data").text("Corefile")
        if not text:
            continue
        told = zones(text)
        missing = [plugin for plugin in PLUGINS if plugin not in told.get(".", {})]
        if missing:
            yield found.violation(f"lacks {', '.join(missing)} in the zone of all names")
        for zone, plugins in told.items():
            lines = [*plugins, *(line.split()[0] for block in plugins.values() for line in block)]
            if "upstream" in lines:
                yield found.violation(f"has `upstream` in the zone {zone}: CoreDNS does not start with it")
