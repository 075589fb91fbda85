"""The number of etcd members and of control-plane nodes."""

from collections import Counter
from collections.abc import Iterator

from policies.references import ETCD_FAQ, KUBEADM_HA
from policies.rule import Level, Severity, rule
from policies.scope import MEMBER, PLANE
from policies.stack import Stack
from policies.views.control_planes import control_planes, environment
from policies.views.etcd import etcd_clusters
from policies.views.machines import hosts
from policies.violation import Violation


@rule(
    id="P01",
    title="The number of etcd members is odd",
    fix="Use 3 or 5 members and preview again.",
    evidence=MEMBER,
    severity=Severity.CRITICAL,
    references=(ETCD_FAQ,),
)
def odd_members(stack: Stack) -> Iterator[Violation]:
    """An even number needs one more vote for a quorum and tolerates no additional failure."""
    for cluster in etcd_clusters(stack):
        count = len(cluster.members)
        if count % 2 == 0 and count > 2:  # noqa: PLR2004 -- two members are P02's finding
            yield cluster.violation(f"{count} members tolerate no more failures than {count - 1}")


@rule(
    id="P02",
    title="etcd has enough members to survive the loss of one, and not more than seven",
    fix="Use 3 or 5 members; a single one only if losing the cluster costs nothing.",
    evidence=MEMBER,
    severity=Severity.CRITICAL,
    references=(ETCD_FAQ,),
    thresholds={"minimum": 3, "maximum": 7, "single": ["test", "dev"]},
)
def bounded_members(stack: Stack, *, minimum: int, maximum: int, single: list[str]) -> Iterator[Violation]:
    """With fewer than three members, one lost machine stops etcd; beyond seven, every write waits for more disks."""
    for cluster in etcd_clusters(stack):
        count = len(cluster.members)
        if count < minimum and not (count == 1 and environment(stack) in single):
            yield cluster.violation(f"{count} members are fewer than {minimum}; losing one machine loses the cluster")
        if count > maximum:
            yield cluster.violation(f"{count} members are more than {maximum}")


@rule(
    id="P03",
    title="Production runs five etcd members",
    fix="Use 5 members, or accept that a failure during maintenance stops the cluster.",
    evidence=MEMBER,
    severity=Severity.LOW,
    level=Level.ADVISORY,
    references=(ETCD_FAQ,),
    thresholds={"advised": 5, "production": ["prod", "production"]},
)
def five_in_production(stack: Stack, *, advised: int, production: list[str]) -> Iterator[Violation]:
    """With three members, maintenance of one leaves no tolerance for a failure; five members survive both."""
    for cluster in etcd_clusters(stack):
        if environment(stack) in production and len(cluster.members) < advised:
            yield cluster.violation(f"{len(cluster.members)} members, {advised} are advised in {environment(stack)}")


@rule(
    id="P04",
    title="Production has at least three control-plane nodes, and no environment has two",
    fix="Use 3 or 5 control-plane nodes.",
    evidence=PLANE,
    severity=Severity.CRITICAL,
    references=(KUBEADM_HA,),
    thresholds={"minimum": 3, "production": ["prod", "production"]},
)
def enough_nodes(stack: Stack, *, minimum: int, production: list[str]) -> Iterator[Violation]:
    """Two nodes with their own members stop when either fails, so they are worse than one."""
    for what, urn, because in _too_few(stack, minimum, critical=environment(stack) in production):
        yield Violation(what=what, urn=urn, because=because)


def _too_few(stack: Stack, minimum: int, *, critical: bool) -> Iterator[tuple[str, str, str]]:
    planes = control_planes(stack)
    counted = [(len(plane.nodes), plane.resource.urn, "") for plane in planes]
    members = {host.resource.urn for cluster in etcd_clusters(stack) for host in cluster.hosts}
    machines = [host for host in hosts(stack) if host.is_plane]
    # If every node has a member, too few nodes are too few members, which P02 reports.
    if machines and not planes and not {host.resource.urn for host in machines} <= members:
        counted = [(sum(host.count for host in machines), machines[0].resource.urn, machines[0].because)]
    for count, urn, because in counted:
        if count == 2:  # noqa: PLR2004 -- the number itself is the point
            yield "2 control-plane nodes stop when either of them fails", urn, because
        elif count < minimum and critical:
            yield f"{count} control-plane nodes in production, at least {minimum} are needed", urn, because


@rule(
    id="P05",
    title="Control-plane nodes and etcd members are the same machines, or entirely different machines",
    fix="Give every control-plane node exactly one member (stacked), or put all members on machines of their own.",
    evidence=MEMBER,
    severity=Severity.HIGH,
    references=(KUBEADM_HA,),
)
def stacked_or_external(stack: Stack) -> Iterator[Violation]:
    """In a mixture, some failures stop a member and an API server, others only one of the two."""
    for plane in control_planes(stack):
        nodes = {node.address for node in plane.nodes}
        for cluster in etcd_clusters(stack):
            members = Counter(member.address for member in cluster.members)
            doubled = sorted(address for address, count in members.items() if address and count > 1)
            if doubled:
                yield cluster.violation(f"more than one member on {', '.join(doubled)}")
            missing = sorted(nodes - set(members))
            if set(members) & nodes and (missing or set(members) - nodes):
                apart = ", ".join(missing or sorted(set(members) - nodes))
                yield cluster.violation(f"some nodes have a member and some do not: {apart} differs")


@rule(
    id="P06",
    title="Names and peer URLs of etcd members are unique",
    fix="Give each member its own name and its own machine's address.",
    evidence=MEMBER,
    severity=Severity.CRITICAL,
    references=("etcd documentation: clustering guide",),
)
def unique_members(stack: Stack) -> Iterator[Violation]:
    """etcd derives a member's identity from its name and peer URL; if two are equal, only one member can join."""
    for cluster in etcd_clusters(stack):
        for what, values in (
            ("name", [member.name for member in cluster.members]),
            ("peer URL", [member.peer_url for member in cluster.members]),
        ):
            for value, count in sorted(Counter(values).items()):
                if value and count > 1:
                    yield cluster.violation(f"{count} members share the {what} {value}")
