"""Address ranges that fit each other and Kubernetes (requirements INF-19)."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from plan.network.pod_ranges import node_prefix
from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.syntax import is_address, is_dns_name
from plan.validation import listing

SMALLEST_SERVICES = 8  # bits: 254 Services; the range of a running cluster cannot be changed in place
LARGEST_SERVICES = 20  # bits: kube-apiserver refuses a larger one, because it keeps a bitmap of it in etcd
LARGEST_PODS = 16  # bits above a node's: kubeadm and kube-controller-manager refuse more


def families(settings: Settings) -> Iterator[Refusal]:
    """One range for each family, the hosts' family first, pods and services alike."""
    network = settings.network
    found = {"pods": [r.version for r in network.pods], "services": [r.version for r in network.services]}
    for key, versions in found.items():
        if not versions or len(versions) != len(set(versions)):
            yield Refusal(
                at=f"network.{key}",
                bound="one range, or one IPv4 and one IPv6 range",
                got=_families(versions),
                why="Kubernetes knows at most one range of each address family",
                fix="merge ranges of the same family, or remove one",
            )
    if set(found["pods"]) != set(found["services"]):
        yield Refusal(
            at="network.services",
            bound=f"of the same families as the pods: {_families(found['pods'])}",
            got=_families(found["services"]),
            why="a Service of one family has no pods to lead to in the other",
            fix="give pods and services a range of the same families",
        )
    for key, versions in found.items():
        if versions and versions[0] != network.hosts.version:
            yield Refusal(
                at=f"network.{key}[0]",
                bound=f"IPv{network.hosts.version}, as the hosts",
                got=f"IPv{versions[0]}",
                why="the first family is the cluster's own, and the API servers announce themselves in it",
                fix="put the range of the hosts' family first",
            )


def _families(versions: Sequence[int]) -> str:
    return " and ".join(f"IPv{version}" for version in versions) or "none"


def overlaps(settings: Settings) -> Iterator[Refusal]:
    """Hosts, pods and services are apart, each from each."""
    for (at, one), (other_at, other) in combinations(listing.ranges(settings), 2):
        if one.version == other.version and one.overlaps(other):
            yield Refusal(
                at=other_at,
                bound=f"apart from {at} ({one})",
                got=str(other),
                why="an address in both belongs to two things, and no later step repairs that",
                fix="choose another range for one of them",
            )


def special(settings: Settings) -> Iterator[Refusal]:
    """No range that the internet's standards gave to something else."""
    for at, network in listing.ranges(settings):
        first = network.network_address
        for is_it, name in (
            (first.is_loopback, "loopback"),
            (first.is_multicast, "multicast"),
            (first.is_link_local, "link-local"),
            (first.is_unspecified, "'this network'"),
        ):
            if is_it:
                yield Refusal(
                    at=at,
                    bound="ordinary unicast addresses",
                    got=f"{network}, which is {name}",
                    why="such addresses are not routed between hosts",
                    fix="use a private range, such as one in 10.0.0.0/8 or fd00::/8",
                )


def service_sizes(settings: Settings) -> Iterator[Refusal]:
    """From 256 to about a million Services."""
    for at, network in listing.services(settings):
        bits = network.max_prefixlen - network.prefixlen
        least, most = network.max_prefixlen - SMALLEST_SERVICES, network.max_prefixlen - LARGEST_SERVICES
        if bits < SMALLEST_SERVICES:
            why = f"{2**bits} addresses are soon used up, and a running cluster cannot change the range"
        elif bits > LARGEST_SERVICES:
            why = f"the API server keeps a map of the range in etcd and refuses more than {LARGEST_SERVICES} bits"
        else:
            continue
        fix = f"use a /{least - SMALLEST_SERVICES}"
        yield Refusal(at=at, bound=f"between /{most} and /{least}", got=str(network), why=why, fix=fix)


def pod_sizes(settings: Settings) -> Iterator[Refusal]:
    """A range of its own for every node."""
    nodes = len(settings.nodes) + len(settings.workers)
    for at, network in listing.pods(settings):
        each = node_prefix(network)
        spare = each - network.prefixlen
        if spare < 0 or 2**spare < nodes:
            bound, why = f"large enough for a /{each} on each of {nodes} nodes", "every node gives its pods addresses"
        elif spare > LARGEST_PODS:
            bound, why = f"at most a /{each - LARGEST_PODS}", "Kubernetes counts the ranges of nodes with 16 bits"
        else:
            continue
        yield Refusal(at=at, bound=bound, got=str(network), why=why, fix=f"use a /{each - LARGEST_PODS // 2}")


def dns_domain(settings: Settings) -> Iterator[Refusal]:
    """A DNS name."""
    domain = settings.network.dns_domain
    if not is_dns_name(domain):
        why = "every Service has a name below it, and the API server's certificate has one of them"
        yield Refusal(
            at="network.dnsDomain", bound="a DNS name", got=repr(domain), why=why, fix="usually cluster.local"
        )


def time_servers(settings: Settings) -> Iterator[Refusal]:
    """Names or addresses."""
    for index, server in enumerate(settings.network.time_servers):
        if not (is_dns_name(server) or is_address(server)):
            at, why = f"network.timeServers[{index}]", "chrony asks it for the time"
            yield Refusal(at=at, bound="a DNS name or an address", got=repr(server), why=why, fix="correct it")
