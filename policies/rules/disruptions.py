"""Drains finish, and critical pods are evicted last."""

from collections.abc import Iterator

from policies.properties import Properties
from policies.rule import Level, Scope, Severity, rule
from policies.scope import OBJECT
from policies.stack import Stack
from policies.views.cluster_objects import cluster_objects, of_kind
from policies.views.workloads import SYSTEM, Workload, selected, workloads
from policies.violation import Violation

BUDGETS = "Kubernetes documentation: specifying a disruption budget for your application"
CRITICAL = ("system-cluster-critical", "system-node-critical")
ENOUGH = 2


@rule(
    id="P87",
    title="Add-ons in kube-system are critical",
    fix="Set priorityClassName to system-cluster-critical, or to system-node-critical if every node needs it.",
    evidence=OBJECT,
    severity=Severity.HIGH,
    scope=Scope.RESOURCE,
    references=("Kubernetes documentation: guaranteed scheduling for critical add-on pods",),
)
def critical_addons(stack: Stack) -> Iterator[Violation]:
    """A node under pressure evicts by priority; without one, cluster DNS goes before a batch job."""
    for workload in workloads(stack):
        given = workload.pod.text("priorityClassName")
        if workload.object.namespace == SYSTEM and given not in CRITICAL:
            yield workload.violation(f"has {f'the priority class {given}' if given else 'no priority class'}")


@rule(
    id="P97",
    title="Every replicated add-on has a disruption budget, and every budget lets drains proceed",
    fix="Use maxUnavailable: 1 (or minAvailable below the replicas) and unhealthyPodEvictionPolicy: AlwaysAllow.",
    evidence=OBJECT,
    severity=Severity.HIGH,
    references=(BUDGETS,),
)
def budgets_that_end(stack: Stack) -> Iterator[Violation]:
    """Without a budget a drain takes all replicas at once; with a budget that allows no disruption it never ends."""
    covered: set[str] = set()
    for budget in of_kind(stack, "PodDisruptionBudget"):
        for workload in selected(stack, budget.namespace, budget.spec.part("selector")):
            covered.add(workload.object.resource.urn)
            if _blocks(budget.spec, workload):
                yield budget.violation(f"never lets a pod of {workload.object.name} go")
        if budget.spec.text("maxUnavailable") in ("0", "0%") or budget.spec.text("minAvailable") == "100%":
            yield budget.violation("allows no disruption at all")
        if budget.spec.text("unhealthyPodEvictionPolicy") != "AlwaysAllow":
            yield budget.violation("keeps pods that are already broken (unhealthyPodEvictionPolicy)")
    for workload in workloads(stack):
        many = workload.object.kind == "Deployment" and (workload.replicas or 0) >= ENOUGH
        if workload.object.namespace == SYSTEM and many and workload.object.resource.urn not in covered:
            yield workload.violation("has several replicas and no PodDisruptionBudget")


def _blocks(budget: Properties, workload: Workload) -> bool:
    least = budget.number("minAvailable")
    return least is not None and workload.replicas is not None and least >= workload.replicas


@rule(
    id="P98",
    title="Autoscaling has at least two replicas, and room to grow",
    fix="Use autoscaling/v2 with minReplicas of 2 or more and a greater maxReplicas.",
    evidence=OBJECT,
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    scope=Scope.RESOURCE,
    references=("Kubernetes documentation: horizontal pod autoscaling",),
)
def room_to_grow(stack: Stack) -> Iterator[Violation]:
    """After scaling down to one replica, losing its node takes the service down."""
    for found in cluster_objects(stack):
        if found.kind != "HorizontalPodAutoscaler":
            continue
        least, most = found.spec.number("minReplicas") or 1, found.spec.number("maxReplicas") or 0
        if found.api != "autoscaling/v2":
            yield found.violation(f"is {found.api}, which has fewer metrics and is deprecated")
        if least < ENOUGH:
            yield found.violation(f"scales down to {least:g}")
        if most <= least:
            yield found.violation(f"cannot grow: from {least:g} to {most:g}")
