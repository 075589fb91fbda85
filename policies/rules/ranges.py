"""Networks of hosts, pods and Services."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from policies.addresses import Network, networks
from policies.resources import Resource
from policies.rule import Severity, rule
from policies.scope import CLUSTER
from policies.stack import Stack
from policies.views.control_planes import control_planes
from policies.views.firewall import VPC
from policies.views.machines import hosts
from policies.violation import Violation


def _ranges(stack: Stack) -> dict[str, dict[Network, str]]:
    """Networks by use, each with the resource that names it."""
    found: dict[str, dict[Network, str]] = {"hosts": {}, "pods": {}, "services": {}}
    for plane in control_planes(stack):
        for use, texts in plane.ranges.items():
            _add(found.setdefault(use, {}), texts, plane.resource.urn)
    for vpc in _surrounding(stack):
        _add(found["hosts"], [vpc.properties.text("cidrBlock")], vpc.urn)
    for host in hosts(stack):
        networking = host.kubeadm.cluster.part("networking")
        for use, name in (("pods", "podSubnet"), ("services", "serviceSubnet")):
            _add(found[use], [networking.text(name)], host.resource.urn)
    return found


def _add(found: dict[Network, str], texts: Iterable[str], urn: str) -> None:
    for network in networks(texts):
        found.setdefault(network, urn)


def _surrounding(stack: Stack) -> Iterator[Resource]:
    """VPCs that contain machines of the cluster and whose networks are known: an address pool may assign them."""
    urns = {vpc.urn: vpc for host in hosts(stack) if host.role in ("control-plane", "etcd") for subnet in host.subnets
            for vpc in stack.sources(subnet, "vpcId", VPC)}  # fmt: skip
    yield from (vpc for vpc in urns.values() if vpc.properties.known("cidrBlock"))


@rule(
    id="P35",
    title="Networks of hosts, pods and Services do not overlap, and all documents name the same ones",
    fix="Choose three disjoint networks and render all documents from them.",
    evidence=CLUSTER,
    severity=Severity.CRITICAL,
    references=("Kubernetes documentation: cluster networking",),
)
def disjoint_networks(stack: Stack) -> Iterator[Violation]:
    """An address in two overlapping networks is reachable in only one of them; the ranges cannot be changed later."""
    ranges = _ranges(stack)
    for (one, first), (other, second) in combinations(sorted(ranges.items()), 2):
        for network in first:
            for against, urn in second.items():
                if network.version == against.version and network.overlaps(against):
                    because = next(
                        (host.because for host in hosts(stack) if host.resource.urn in (urn, first[network])), ""
                    )
                    yield Violation(what=f"{one} {network} overlaps {other} {against}", urn=urn, because=because)
    for use in ("pods", "services"):
        for version in (4, 6):
            found = sorted(str(network) for network in ranges[use] if network.version == version)
            if len(found) > 1:
                yield Violation(what=f"different networks of {use} are configured: {', '.join(found)}")
