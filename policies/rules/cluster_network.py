"""The container network, and programs in the cluster that change things outside it."""

from collections.abc import Iterator

from policies.facts import has_plane, pod_ranges
from policies.parsers.iam import statements
from policies.properties import Properties
from policies.rule import Level, Severity, rule
from policies.scope import OBJECT
from policies.stack import Stack
from policies.views.control_planes import control_planes, environment
from policies.views.workloads import SYSTEM, Workload, workloads
from policies.violation import Violation

ENFORCING = ("calico", "aws-network-policy", "aws-eks-nodeagent", "tigera-operator", "cilium", "antrea", "kube-router")
PLAIN = ("kube-flannel", "flannel")  # maintained, without NetworkPolicy
FORGOTTEN = ("weave-net", "weave-kube", "romana")
CHARTS = ("kubernetes:helm.sh/v4:Chart", "kubernetes:helm.sh/v3:Chart", "kubernetes:helm.sh/v3:Release")
CHANGE_RECORDS = "route53:ChangeResourceRecordSets"
UNINITIALIZED = "node.cloudprovider.kubernetes.io/uninitialized"
CONTROL_PLANE = "node-role.kubernetes.io/control-plane"


@rule(
    id="P93",
    title="The container network is maintained, and in production it enforces NetworkPolicy",
    fix="Use Calico, Cilium, Antrea or kube-router.",
    evidence=OBJECT,
    severity=Severity.HIGH,
    references=("Kubernetes documentation: cluster networking", "Kubernetes documentation: network policies"),
    thresholds={"production": ["prod", "production"]},
)
def enforcing_network(stack: Stack, *, production: list[str]) -> Iterator[Violation]:
    """If nothing enforces NetworkPolicy, every pod reaches every other pod."""
    parts = [
        *((r.urn, r.name.lower()) for r in stack.of(*CHARTS) if has_plane(stack)),
        *((w.object.resource.urn, w.object.name.lower()) for w in workloads(stack)),
    ]
    for urn, name in parts:
        if any(name.startswith(word) for word in FORGOTTEN):
            yield Violation(what=f"{name} is no longer maintained", urn=urn)
    addons = [w for w in workloads(stack) if w.object.namespace == SYSTEM]
    enforced = any(word in name for _, name in parts for word in ENFORCING)
    # Another program may install the network, unless this one makes the whole cluster or installs a network itself.
    complete = bool(control_planes(stack)) or any(name.startswith(PLAIN) for _, name in parts)
    if environment(stack) in production and addons and complete and not enforced:
        yield addons[0].violation("runs in a cluster in which nothing enforces NetworkPolicy")


@rule(
    id="P95",
    title="ExternalDNS only changes its own records, and only in its own domains",
    fix="Set --domain-filter, --registry=txt, --txt-owner-id and --policy=upsert-only; allow "
    "route53:ChangeResourceRecordSets on the zone's ARN.",
    evidence=OBJECT,
    severity=Severity.HIGH,
    level=Level.ADVISORY,
    references=("ExternalDNS documentation: registries", "AWS Well-Architected: SEC03-BP02"),
    thresholds={"policies": ["upsert-only", "create-only"]},
)
def narrow_external_dns(stack: Stack, *, policies: list[str]) -> Iterator[Violation]:
    """Otherwise a Service takes over a name that another program serves, or a mistake deletes the company's records."""
    for workload in workloads(stack):
        if not workload.runs("external-dns"):
            continue
        flags = workload.flags()
        for name in ("domain-filter", "txt-owner-id"):
            if not any(flags.get(name, ())):
                yield workload.violation(f"does not set --{name}")
        policy = flags.get("policy", ("sync",))[-1]
        if policy not in policies:
            yield workload.violation(f"has the policy {policy}")
    dns = any(workload.runs("external-dns") for workload in workloads(stack))
    for resource in stack.of("aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy") if dns else ():
        if resource.properties.known("policy") and any(map(_any_zone, statements(resource.properties.text("policy")))):
            yield resource.violation(f"{resource.name} allows {CHANGE_RECORDS} in every zone")


def _any_zone(statement: Properties) -> bool:
    actions = {"*", "route53:*", CHANGE_RECORDS} & set(statement.texts("Action"))
    everywhere = {"*", "arn:aws:route53:::hostedzone/*"} & set(statement.texts("Resource"))
    return statement.text("Effect") == "Allow" and CHANGE_RECORDS in actions and bool(everywhere)


@rule(
    id="P96",
    title="The cloud controller manager can start on a new node, elects a leader, and knows the pods' network",
    fix="Set --leader-elect=true, set --cluster-cidr to podSubnet, and tolerate the taints of control-plane nodes and "
    f"{UNINITIALIZED}.",
    evidence=OBJECT,
    severity=Severity.HIGH,
    references=("Kubernetes documentation: cloud controller manager administration",),
)
def working_cloud_controller(stack: Stack) -> Iterator[Violation]:
    """It removes a taint from every new node; if it does not tolerate that taint itself, the cluster never starts."""
    for workload in workloads(stack):
        if workload.runs("cloud-controller-manager"):
            yield from map(workload.violation, _faults(workload, {str(network) for network in pod_ranges(stack)}))


def _faults(workload: Workload, pods: set[str]) -> Iterator[str]:
    flags = workload.flags()
    if flags.get("leader-elect", ("true",))[-1] != "true":
        yield "does not elect a leader"
    for taint in (CONTROL_PLANE, UNINITIALIZED):
        if not workload.tolerates(taint):
            yield f"does not tolerate {taint}"
    found = set(flags.get("cluster-cidr", ("",))[-1].split(",")) - {""}
    if pods and found != pods:
        yield f"has --cluster-cidr {','.join(sorted(found)) or '(none)'}, pods are in {','.join(sorted(pods))}"
