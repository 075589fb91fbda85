"""Namespaces of workloads are closed to the network and limited in rights and resources."""

from collections.abc import Iterator
from itertools import pairwise

from policies.addresses import inside, networks
from policies.properties import Properties
from policies.quantities import amount
from policies.rule import Level, Severity, rule
from policies.scope import OBJECT
from policies.stack import Stack
from policies.views.cluster_objects import ClusterObject, cluster_objects, objects_by_place
from policies.violation import Violation

METADATA = ("169.254.169.254", "fd00:ec2::254")
METADATA_PORT = 80
STANDARD = "pod-security.kubernetes.io/enforce"
OWN = ("default", "kube-system", "kube-public", "kube-node-lease")
ORDER = ("min", "defaultRequest", "default", "max")
POLICIES = "Kubernetes documentation: network policies"


def _managed(stack: Stack) -> Iterator[ClusterObject]:
    """Namespaces that the stack makes for workloads."""
    for found in cluster_objects(stack):
        if found.kind == "Namespace" and found.name not in OWN:
            yield found


def _inside(stack: Stack, space: ClusterObject, kind: str) -> list[ClusterObject]:
    return list(objects_by_place(stack).get((kind, space.name), ()))


@rule(
    id="P91",
    title="Namespaces enforce a Pod Security Standard, deny by default, and close the instance metadata address",
    fix="Label them with pod-security.kubernetes.io/enforce, add a NetworkPolicy that selects every pod and allows "
    "nothing, and exclude 169.254.169.254/32 from every rule that opens egress.",
    evidence=OBJECT,
    severity=Severity.HIGH,
    level=Level.ADVISORY,
    references=("Kubernetes documentation: pod security admission", POLICIES, "CIS Kubernetes 1.12: 5.3.2"),
)
def closed_namespaces(stack: Stack) -> Iterator[Violation]:
    """A pod without limits can stop its node; one that reads the instance's metadata has the instance's rights."""
    for space in _managed(stack):
        standard = space.labels.get(STANDARD, "")
        if standard not in ("baseline", "restricted"):
            yield space.violation(f"enforces {standard or 'no Pod Security Standard'}")
        policies = _inside(stack, space, "NetworkPolicy")
        if not any(_denies(policy.spec) for policy in policies):
            yield space.violation("has no NetworkPolicy that denies by default")
        for policy in policies:
            if any(_opens_metadata(rule_) for rule_ in policy.spec.parts("egress")):
                yield policy.violation("lets pods reach the instance metadata address")


def _denies(spec: Properties) -> bool:
    selector = spec.part("podSelector")
    everything = not selector.part("matchLabels").names() and not selector.parts("matchExpressions")
    closes = {"Ingress", "Egress"} <= set(spec.texts("policyTypes"))
    return everything and closes and not spec.parts("ingress") and not spec.parts("egress")


def _opens_metadata(egress: Properties) -> bool:
    ports = [port.number("port") for port in egress.parts("ports")]
    if ports and not any(port is None or port == METADATA_PORT for port in ports):
        return False
    peers = egress.parts("to")
    return not peers or any(_reaches(peer.part("ipBlock"), address) for peer in peers for address in METADATA)


def _reaches(block: Properties, address: str) -> bool:
    excepted = networks(block.texts("except"))
    open_ = any(inside(address, network) for network in networks([block.text("cidr")]))
    return open_ and not any(inside(address, network) for network in excepted)


@rule(
    id="P92",
    title="Namespaces have a quota, and consistent limits for containers",
    fix="Add a ResourceQuota and a LimitRange with min <= defaultRequest <= default <= max.",
    evidence=OBJECT,
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    references=("Kubernetes documentation: resource quotas", "Kubernetes documentation: limit ranges"),
)
def bounded_namespaces(stack: Stack) -> Iterator[Violation]:
    """One namespace must not use up the nodes, or etcd, for all others; limits out of order reject ordinary pods."""
    for space in _managed(stack):
        if not _inside(stack, space, "ResourceQuota"):
            yield space.violation("has no ResourceQuota")
        ranges = _inside(stack, space, "LimitRange")
        if not ranges:
            yield space.violation("has no LimitRange")
        for found in ranges:
            for limits in found.spec.parts("limits"):
                yield from (found.violation(what) for what in _disorder(limits))


def _disorder(limits: Properties) -> Iterator[str]:
    resources = {name for bound in ORDER for name in limits.part(bound).names()}
    for resource in sorted(resources):
        given = [(bound, limits.part(bound).text(resource)) for bound in ORDER]
        known = [(bound, text, amount(text)) for bound, text in given if text]
        for (low, less, small), (high, more, large) in pairwise(known):
            if small is None or large is None:
                yield f"has an amount of {resource} that cannot be read: {more if small is not None else less}"
            elif small > large:
                yield f"has {low} {less} above {high} {more} of {resource}"
