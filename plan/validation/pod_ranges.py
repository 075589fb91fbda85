"""Every node has its own range of pods (requirements INF-19, ADD-01)."""

from collections.abc import Iterator
from contextlib import suppress

from plan.network.pod_ranges import node_prefix, pod_ranges
from plan.nodes import Address, Range
from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.hosts import HostNode
from plan.settings.model import Unread
from plan.validation import listing, ranges


def given(settings: Settings) -> Iterator[Refusal]:
    """The ranges that a host sets are inside the pods' ranges, one for each of their families."""
    pods = {network.version: network for network in settings.network.pods}
    for at, host in listing.balancers(settings):
        if host.pod_ranges:
            why = "a balancer runs no pods"
            yield Refusal(at=f"{at}.podRanges", what="left out", found="set", why=why, fix="remove it")
    for at, host in listing.kubernetes_nodes(settings):
        own = host.pod_ranges
        if own and sorted(r.version for r in own) != sorted(pods):
            yield Refusal(
                at=f"{at}.podRanges",
                what="one range of each of the pods' families",
                found=", ".join(map(str, own)),
                why="a node's pods have an address of each family",
                fix="give a range for every entry of `network.pods`, or leave it out",
            )
        for index, one in enumerate(own):
            whole = pods.get(one.version)
            if whole is not None and not (one[0] in whole and one[-1] in whole):
                yield Refusal(
                    at=f"{at}.podRanges[{index}]",
                    what=f"inside the pods' range {whole}",
                    found=str(one),
                    why="kube-proxy and the nodes' firewalls recognize pods by that range",
                    fix="choose a part of it, or enlarge `network.pods`",
                )


def apart(settings: Settings) -> Iterator[Refusal]:
    """No range of a node overlaps another's."""
    network = settings.network
    if next(ranges.pod_sizes(settings), None) is not None:
        return  # nodes share a range that is too small; that is reported already
    families = {one.version for one in network.pods}
    used = [
        (at, one)
        for at, host in _different(settings)
        for one in _own(settings, host)
        if one.version in families  # another family is reported by `given`
    ]
    # Ranges that are sorted by first address only overlap with the one before, so not every pair is compared.
    latest: dict[int, tuple[str, Range]] = {}
    for at, one in sorted(used, key=lambda pair: (pair[1].version, pair[1].network_address.packed, pair[1].prefixlen)):
        before = latest.get(one.version)
        if before is not None and before[1].overlaps(one):
            first, second = sorted((before, (at, one)), key=lambda pair: _order(pair[0]))
            yield _shared(second[0], second[1], first, network.hosts, network.pods)
        if before is None or int(one.broadcast_address) > int(before[1].broadcast_address):
            latest[one.version] = (at, one)


def _different(settings: Settings) -> Iterator[tuple[str, HostNode]]:
    """Hosts that run pods, without repeated addresses, which are reported as such."""
    seen: set[Address] = set()
    for at, host in listing.kubernetes_nodes(settings):
        with suppress(Unread):
            if host.address not in seen:
                yield at, host
            seen.add(host.address)


def _own(settings: Settings, host: HostNode) -> tuple[Range, ...]:
    with suppress(Unread, ValueError):
        return pod_ranges(host, hosts=settings.network.hosts, pods=settings.network.pods)
    return ()


def _order(at: str) -> tuple[bool, int]:
    kind, _, index = at.rstrip("]").partition("[")
    return kind == "workers", int(index)


def _shared(at: str, one: Range, other: tuple[str, Range], hosts: Range, pods: tuple[Range, ...]) -> Refusal:
    whole = next(network for network in pods if network.version == one.version)
    enough = node_prefix(whole) - (hosts.max_prefixlen - hosts.prefixlen)
    larger = f". In a new cluster, a /{enough} of pods has a range for every address of {hosts}" if enough > 0 else ""
    return Refusal(
        at=f"{at}.podRanges",
        what="a range of pods that no other node uses",
        found=f"{one}, which overlaps that of {other[0]}",
        why="packets for its pods would reach only one of the two nodes",
        fix="set `podRanges` of the new node to a free part of `network.pods`; the range of a running node cannot "
        f"change{larger}",
    )
