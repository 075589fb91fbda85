"""Whether the API survives the loss of a balancer."""

from collections.abc import Iterator

from policies.references import KUBEADM_HA
from policies.rule import Severity, rule
from policies.scope import BALANCER
from policies.stack import Stack
from policies.views.control_planes import environment
from policies.views.load_balancers import LoadBalancer, load_balancers
from policies.views.machines import hosts
from policies.violation import Violation


@rule(
    id="P25",
    title="The API's load balancer survives a zone failure, an accidental deletion and a node that calls itself",
    fix="Set preserveClientIp to false, enableDeletionProtection to true, and use subnets of at least two zones.",
    evidence=BALANCER,
    severity=Severity.HIGH,
    references=(
        "AWS documentation: network load balancers, client IP preservation",
        "AWS Foundational Security: ELB.6",
    ),
    thresholds={"disposable": ["local", "dev", "test"]},
)
def sturdy_balancer(stack: Stack, *, disposable: list[str]) -> Iterator[Violation]:
    """With client addresses preserved, a node that reaches itself through the balancer drops its own packets."""
    for balancer in load_balancers(stack):
        if balancer.is_api and balancer.kind == "network":
            yield from _frailties(balancer, protected=environment(stack) not in disposable)


def _frailties(balancer: LoadBalancer, *, protected: bool) -> Iterator[Violation]:
    for group in balancer.api_groups():
        by_address = group.resource.properties.text("targetType") == "ip"
        # AWS preserves client addresses unless configured otherwise, except for TCP to address targets.
        if not group.resource.computed("preserveClientIp") and group.resource.properties.flag(
            "preserveClientIp", missing=not by_address and _calls_itself(balancer)
        ):
            yield balancer.violation("client addresses are preserved", group.resource)
    if protected and not balancer.resource.properties.flag("enableDeletionProtection"):
        yield balancer.violation("deletion protection is off")
    if balancer.subnet_count == 1:
        yield balancer.violation("the load balancer is in 1 subnet")
    zones = [s.properties.text("availabilityZone") for s in balancer.subnets if s.properties.known("availabilityZone")]
    if len(zones) > 1 and all(zones) and len(set(zones)) < 2:  # noqa: PLR2004 -- as above
        yield balancer.violation(f"all subnets of the load balancer are in {zones[0]}")


def _calls_itself(balancer: LoadBalancer) -> bool:
    """Whether a target may connect to itself through the balancer: an instance does, unless the balancer only serves
    others.
    """
    return balancer.resource.properties.flag("internal")


@rule(
    id="P26",
    title="Self-managed balancers run on at least two machines",
    fix="Run the balancer and Keepalived on two or more hosts.",
    evidence=BALANCER,
    severity=Severity.HIGH,
    references=(KUBEADM_HA,),
    thresholds={"minimum": 2, "single": ["test", "dev"]},
)
def redundant_balancers(stack: Stack, *, minimum: int, single: list[str]) -> Iterator[Violation]:
    """A single balancer in front of three API servers is a single machine whose loss takes the API down."""
    if environment(stack) in single:
        return
    for resource in stack.of("quorate:hosts:VirtualIp"):
        count = len(resource.properties.texts("nodes"))
        if count < minimum:
            yield resource.violation(f"the virtual address can move to {count} machine, at least {minimum} are needed")
    carrying = [h for h in hosts(stack) if h.keepalived.instances or h.haproxy.api_backends() or h.upstreams]
    if carrying and len(carrying) < minimum:
        yield carrying[0].violation(f"{len(carrying)} machine balances the API, at least {minimum} are needed")
