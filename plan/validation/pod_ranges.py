"""Every node's pods have a range of their own (requirements INF-19, ADD-01)."""

from collections.abc import Iterator
from contextlib import suppress

from plan.network.pod_ranges import node_prefix, pod_ranges
from plan.nodes import Address, Range
from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.model import Unread
from plan.validation import listing, ranges


def given(settings: Settings) -> Iterator[Refusal]:
    """Ranges that a host is given: one of each of the pods' families, inside the pods' range."""
    pods = {network.version: network for network in settings.network.pods}
    for at, host in listing.kubernetes_nodes(settings):
        own = host.pod_ranges
        if own and sorted(r.version for r in own) != sorted(pods):
            yield Refusal(
                at=f"{at}.podRanges",
                bound="one range of each of the pods' families",
                got=", ".join(map(str, own)),
                why="a node's pods have an address of each family",
                fix="give a range for every entry of `network.pods`, or leave it out",
            )
        for index, one in enumerate(own):
            whole = pods.get(one.version)
            if whole is not None and not (one[0] in whole and one[-1] in whole):
                yield Refusal(
                    at=f"{at}.podRanges[{index}]",
                    bound=f"inside the pods' range {whole}",
                    got=str(one),
                    why="kube-proxy and the nodes' firewalls know pods by that range",
                    fix="choose a part of it, or enlarge `network.pods`",
                )


def apart(settings: Settings) -> Iterator[Refusal]:
    """No range of a node touches another's."""
    network = settings.network
    taken: list[tuple[str, Range]] = []
    addresses: set[Address] = set()
    if next(ranges.pod_sizes(settings), None) is not None:
        return  # too small a range makes nodes meet, and is the one thing to mend
    for at, host in listing.kubernetes_nodes(settings):
        with suppress(Unread, ValueError):
            if host.address in addresses:
                continue  # the same host twice is refused as such
            addresses.add(host.address)
            for one in pod_ranges(host, hosts=network.hosts, pods=network.pods):
                other = next((t for t in taken if t[1].version == one.version and t[1].overlaps(one)), None)
                if other is not None:
                    yield _shared(at, one, other, network.hosts, network.pods)
                taken.append((at, one))


def _shared(at: str, one: Range, other: tuple[str, Range], hosts: Range, pods: tuple[Range, ...]) -> Refusal:
    whole = next(network for network in pods if network.version == one.version)
    enough = node_prefix(whole) - (hosts.max_prefixlen - hosts.prefixlen)
    larger = f". In a new cluster, a /{enough} of pods has a range for every address of {hosts}" if enough > 0 else ""
    return Refusal(
        at=f"{at}.podRanges",
        bound="a range of pods that no other node has",
        got=f"{one}, which {other[0]} has",
        why="packets for its pods would go to one of the two nodes only",
        fix="set `podRanges` of the node that is new to a free part of `network.pods`; never of one that runs, whose "
        f"range cannot change{larger}",
    )
