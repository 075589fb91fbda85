"""Clusters in one stack: their names, addresses and ranges are apart."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network

from plan.cluster import Plan
from plan.refusal import Refusal, Refused

Range = IPv4Network | IPv6Network


def check(plan: Plan, others: Sequence[Plan]) -> None:
    """Raise `Refused` with everything that the cluster has in common with the other clusters of its stack."""
    name = plan.settings.cluster
    problems = [replace(found, at=f"{name}: {found.at}") for other in others for found in _problems(plan, other)]
    if problems:
        raise Refused(problems)


def _problems(plan: Plan, other: Plan) -> Iterator[Refusal]:
    mine, theirs = plan.settings, other.settings
    name = theirs.cluster
    if mine.cluster == name:
        yield Refusal(
            at="cluster",
            what="another name than the other clusters of the stack have",
            found=f"'{name}', which is already used",
            why="etcd's token, resources and buckets are named after the cluster",
            fix="give each cluster its own name",
        )
    if plan.endpoint.name == other.endpoint.name:
        yield Refusal(
            at="endpoint.name",
            what="another name than the other clusters of the stack have",
            found=f"'{plan.endpoint.name}', which is the endpoint of '{name}'",
            why="clients of one cluster would reach the other",
            fix="give each cluster its own endpoint name",
        )
    if mine.kind == theirs.kind == "hosts":
        yield from _hosts(plan, other)
    elif mine.kind == theirs.kind and (shared := _shared([mine.network.hosts], [theirs.network.hosts])):
        yield from _networks(plan, other, *shared)


def _networks(plan: Plan, other: Plan, own: Range, found: Range) -> Iterator[Refusal]:
    ours, theirs = plan.settings.aws, other.settings.aws
    if ours is not None and theirs is not None and ours.network.vpc_id == theirs.network.vpc_id is not None:
        addresses = {str(node.address) for node in other.kubernetes_nodes}
        for node in plan.nodes:
            if str(node.address) in addresses:
                yield _taken(f"the address of {node.name}", str(node.address), other)
        return
    yield Refusal(
        at="aws.network.cidr",
        what="apart from the networks of the other clusters of the stack",
        found=f"{own}, which overlaps {found} of '{other.settings.cluster}'",
        why="overlapping networks can never be peered or reached over one VPN",
        fix="give each cluster its own range, such as 10.21.0.0/16",
    )


def _hosts(plan: Plan, other: Plan) -> Iterator[Refusal]:
    taken = _addresses(other)
    for name, address in _addresses(plan).items():
        for owner, found in taken.items():
            if address == found:
                yield _taken(name, f"{address}, which is {owner}", other)
    mine, theirs = plan.settings, other.settings
    if _shared([mine.network.hosts], [theirs.network.hosts]) is None:
        return
    ip, their_ip = mine.endpoint.virtual_ip, theirs.endpoint.virtual_ip
    if ip is not None and their_ip is not None and ip.router_id == their_ip.router_id:
        yield Refusal(
            at="endpoint.virtualIp.routerId",
            what="a VRRP group of its own in the network",
            found=f"{ip.router_id}, which '{theirs.cluster}' has in {theirs.network.hosts}",
            why="two groups of one number in a network take each other's address",
            fix="use another number between 1 and 255 for one of the clusters",
        )
    if shared := _shared(mine.network.pods, theirs.network.pods):
        yield Refusal(
            at="network.pods",
            what="apart from the pods of clusters in the same network",
            found=f"{shared[0]}, which overlaps {shared[1]} of '{theirs.cluster}'",
            why="routes to pods of both clusters exist in one network",
            fix="give each cluster its own range, such as 10.245.0.0/16",
        )


def _addresses(plan: Plan) -> dict[str, str]:
    settings = plan.settings
    found = {
        f"the address of {host.name}": str(host.address)
        for host in (*settings.nodes, *settings.workers, *settings.balancers)
    }
    ip = settings.endpoint.virtual_ip
    return {**found, **({"the virtual IP": str(ip.address)} if ip else {})}


def _taken(name: str, found: str, other: Plan) -> Refusal:
    return Refusal(
        at=name,
        what="used by one cluster only",
        found=f"{found}, of '{other.settings.cluster}'",
        why="a machine is part of one cluster",
        fix="correct the address in one of the clusters",
    )


def _shared(ours: Iterable[Range], theirs: Iterable[Range]) -> tuple[Range, Range] | None:
    others = tuple(theirs)
    return next(
        ((a, b) for a in ours for b in others if a.version == b.version and a.overlaps(b)),
        None,
    )
