"""Whether the balancer itself may fail."""

from collections.abc import Iterator

from policies.references import KUBEADM_HA
from policies.rule import Severity, rule
from policies.stack import Stack
from policies.views.control_planes import environment
from policies.views.load_balancers import LoadBalancer, load_balancers
from policies.views.machines import hosts
from policies.violation import Violation


@rule(
    id="P25",
    title="The API's network load balancer survives a zone, a slip of the hand, and a node calling itself",
    fix="Set preserveClientIp to false, enableDeletionProtection to true, and use subnets of at least two zones.",
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
        # AWS preserves client addresses unless told otherwise, except for TCP to address targets.
        if group.resource.properties.flag("preserveClientIp", missing=not by_address):
            yield group.resource.violation("client addresses are preserved")
    if protected and not balancer.resource.properties.flag("enableDeletionProtection"):
        yield balancer.violation("deletion protection is off")
    if balancer.subnet_count < 2:  # noqa: PLR2004 -- one zone is what a zone's failure takes
        yield balancer.violation(f"the load balancer is in {balancer.subnet_count} subnet")
    zones = [subnet.properties.text("availabilityZone") for subnet in balancer.subnets]
    if len(zones) > 1 and all(zones) and len(set(zones)) < 2:  # noqa: PLR2004 -- as above
        yield balancer.violation(f"all subnets of the load balancer are in {zones[0]}")


@rule(
    id="P26",
    title="Own balancers are at least two machines",
    fix="Run the balancer and Keepalived on two or more hosts.",
    severity=Severity.HIGH,
    references=(KUBEADM_HA,),
    thresholds={"minimum": 2, "single": ["test", "dev"]},
)
def redundant_balancers(stack: Stack, *, minimum: int, single: list[str]) -> Iterator[Violation]:
    """A single balancer in front of three API servers is one machine whose loss takes the API away."""
    if environment(stack) in single:
        return
    for resource in stack.of("quorate:hosts:VirtualIp"):
        count = len(resource.properties.texts("nodes"))
        if count < minimum:
            yield resource.violation(f"the virtual address can live on {count} machine, at least {minimum} are needed")
    carrying = [host for host in hosts(stack) if host.keepalived.instances or host.haproxy.api_backends()]
    if carrying and len(carrying) < minimum:
        yield carrying[0].violation(f"{len(carrying)} machine balances the API, at least {minimum} are needed")
