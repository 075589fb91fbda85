"""Address ranges that fit together and suit Kubernetes (requirements INF-19)."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from plan.network.pod_ranges import node_prefix
from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.validation import listing
from plan.validation.special_ranges import special

SMALLEST_SERVICES = 8  # bits: 254 Services; the range of a running cluster cannot be changed in place
LARGEST_SERVICES = 20  # bits: kube-apiserver refuses a larger one, because it keeps a bitmap of it in etcd
LARGEST_PODS = 16  # bits above a node's: kubeadm and kube-controller-manager refuse more


def families(settings: Settings) -> Iterator[Refusal]:
    """Pods and Services have one range for each family, the hosts' family first."""
    network = settings.network
    found = {"pods": [r.version for r in network.pods], "services": [r.version for r in network.services]}
    for key, versions in found.items():
        if not versions or len(versions) != len(set(versions)):
            yield Refusal(
                at=f"network.{key}",
                what="one range, or one IPv4 and one IPv6 range",
                found=_families(versions),
                why="Kubernetes supports at most one range of each address family",
                fix="merge ranges of the same family, or remove one",
            )
    if set(found["pods"]) != set(found["services"]):
        yield Refusal(
            at="network.services",
            what=f"of the same families as the pods: {_families(found['pods'])}",
            found=_families(found["services"]),
            why="pods have no addresses in a family that only Services have",
            fix="give pods and services a range of the same families",
        )
    for key, versions in found.items():
        if versions and versions[0] != network.hosts.version:
            yield Refusal(
                at=f"network.{key}[0]",
                what=f"IPv{network.hosts.version}, like the hosts",
                found=f"IPv{versions[0]}",
                why="the first family is the cluster's primary one, and API servers advertise their addresses in it",
                fix="put the range of the hosts' family first",
            )


def _families(versions: Sequence[int]) -> str:
    return " and ".join(f"IPv{version}" for version in versions) or "none"


def overlaps(settings: Settings) -> Iterator[Refusal]:
    """The ranges of hosts, pods, Services and the cloud do not overlap."""
    written = settings.network.model_fields_set
    for (at, one), (other_at, other) in combinations(listing.ranges(settings), 2):
        if one.version == other.version and one.overlaps(other):
            # Names a range that the user has set rather than a default.
            blamed = (other_at, other, at, one)
            if _setting(other_at) not in written and _setting(at) in written:
                blamed = (at, one, other_at, other)
            yield Refusal(
                at=blamed[0],
                what=f"disjoint from {blamed[2]} ({blamed[3]})",
                found=str(blamed[1]),
                why="an address in both is ambiguous, and this cannot be fixed later",
                fix=f"choose another range, or set {blamed[2].partition('[')[0]} to another one",
            )


def _setting(at: str) -> str:
    return at.removeprefix("network.").partition("[")[0]


def ordinary(settings: Settings) -> Iterator[Refusal]:
    """No range contains addresses that the internet's standards reserve."""
    for at, network in listing.ranges(settings):
        if (kind := special(network)) is not None:
            yield Refusal(
                at=at,
                what="ordinary unicast addresses",
                found=f"{network}, which contains addresses that are {kind}",
                why="such addresses are not routed between hosts",
                fix="use a private range, such as one in 10.0.0.0/8 or fd00::/8",
            )


def service_sizes(settings: Settings) -> Iterator[Refusal]:
    """Ranges of Services have from 256 to about a million addresses."""
    for at, network in listing.services(settings):
        bits = network.max_prefixlen - network.prefixlen
        least, most = network.max_prefixlen - SMALLEST_SERVICES, network.max_prefixlen - LARGEST_SERVICES
        if bits < SMALLEST_SERVICES:
            why = f"{2**bits} addresses are used up quickly, and a running cluster cannot change the range"
        elif bits > LARGEST_SERVICES:
            why = f"the API server keeps a map of the range in etcd and refuses more than {LARGEST_SERVICES} bits"
        else:
            continue
        fix = f"use a /{least - SMALLEST_SERVICES}"
        yield Refusal(at=at, what=f"between /{most} and /{least}", found=str(network), why=why, fix=fix)


def pod_sizes(settings: Settings) -> Iterator[Refusal]:
    """Every node has its own range of pods."""
    nodes = len(settings.nodes) + len(settings.workers)
    for at, network in listing.pods(settings):
        each = node_prefix(network)
        spare = each - network.prefixlen
        if spare < 0 or 2**spare < nodes:
            what, why = f"large enough for a /{each} on each of {nodes} nodes", "every node gives its pods addresses"
        elif spare > LARGEST_PODS:
            what, why = f"at most a /{each - LARGEST_PODS}", "Kubernetes counts the ranges of nodes with 16 bits"
        else:
            continue
        yield Refusal(at=at, what=what, found=str(network), why=why, fix=f"use a /{each - LARGEST_PODS // 2}")
