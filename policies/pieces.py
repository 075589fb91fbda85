"""Splits a stack with several clusters: each is judged on its own, together with the resources that they share."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from policies.addresses import canonical, host_of
from policies.parsers.commands import invocations
from policies.parsers.etcd_command import members
from policies.properties import Undecidable
from policies.resources import Resource
from policies.stack import Stack
from policies.views.certificates import all_leaves
from policies.views.control_planes import TYPE as PLANE
from policies.views.evidence import OTHER, carries, forwards
from policies.views.firewall import GROUPS
from policies.views.hosts import Host
from policies.views.load_balancers import load_balancers
from policies.views.machines import hosts
from policies.views.scaling import scaling_groups
from policies.views.targets import attachments
from policies.views.volumes import ATTACHMENT as VOLUME_ATTACHMENT
from policies.views.volumes import VOLUME


class _Sets:
    """Union-find over texts."""

    def __init__(self) -> None:
        self.above: dict[str, str] = {}

    def root(self, key: str) -> str:
        """The text that represents the set."""
        self.above.setdefault(key, key)
        while self.above[key] != key:
            self.above[key] = self.above[self.above[key]]
            key = self.above[key]
        return key

    def join(self, one: str, other: str) -> None:
        """Merge the sets of two texts."""
        self.above[self.root(one)] = self.root(other)


def pieces(stack: Stack) -> tuple[Stack, ...]:
    """One stack for each cluster, without the resources that only belong to another cluster."""
    judged = [host for host in hosts(stack) if host.role != OTHER]
    groups = _clusters(stack, judged)
    if len(groups) < 2:  # noqa: PLR2004 -- one cluster, or none
        return (stack,)
    owned = [_owned(stack, group) for group in groups]
    every = [set.union(*(urns for at, urns in enumerate(owned) if at != own)) - owned[own] for own in range(len(owned))]
    return tuple(Stack(tuple(r for r in stack.resources if r.urn not in others), tags=stack.tags) for others in every)


def _clusters(stack: Stack, judged: list[Host]) -> list[list[Host]]:
    """Machines in scope, by cluster."""
    sets = _Sets()
    own = {f"host {host.resource.urn}": host for host in judged}
    counted = Counter(canonical(_address(host)) for host in judged)
    twice = frozenset(address for address, count in counted.items() if count > 1)
    for name, host in own.items():
        for key in _keys(stack, host, twice):
            sets.join(name, key)
    for attachment in attachments(stack):
        for target in attachment.targets:
            sets.join(f"urn {target.urn}", f"group {attachment.group}")
    _settle(stack, own, sets)
    found: dict[str, list[Host]] = defaultdict(list)
    for name, host in own.items():
        found[sets.root(name)].append(host)
    return list(found.values())


def _settle(stack: Stack, own: Mapping[str, Host], sets: _Sets) -> None:
    """Put machines that name no cluster into the one that shares their surroundings, or into the only one."""
    anchored = {sets.root(name) for name, host in own.items() if _anchors(host)}
    weak: dict[str, set[str]] = defaultdict(set)
    for name, host in own.items():
        for key in _weak_keys(stack, host):
            weak[key].add(sets.root(name))
    for name, host in own.items():
        if (root := sets.root(name)) in anchored:
            continue
        near = {r for key in _weak_keys(stack, host) for r in weak[key] if sets.root(r) in anchored} or anchored
        if len({sets.root(r) for r in near}) == 1:
            sets.join(root, next(iter(near)))


def _anchors(host: Host) -> bool:
    return host.role != "worker" and (bool(_attempt(host, "endpoint")) or bool(_attempt(host, "members")))


def _attempt(host: Host, what: str) -> tuple[str, ...]:
    """Endpoint or member addresses that the machine's documents name, if they can be read."""
    try:
        if what == "endpoint":
            cluster = host.kubeadm.cluster
            named = cluster.text("controlPlaneEndpoint")
            discovery = host.kubeadm.join.part("discovery")
            token = discovery.part("bootstrapToken").text("apiServerEndpoint") or discovery.text("server")
            joined = [w for i in invocations(host.readable, "kubeadm") for w in i.words[1:2] if i.words[0] == "join"]
            return tuple(canonical(host_of(t)) for t in (named, token, *joined) if t and not t.startswith("-"))
        listed = [url for _, url in members(host.etcd.get("initial-cluster", ""))]
        listed += host.flags("kube-apiserver").get("etcd-servers", "").split(",")
        listed += host.kubeadm.cluster.part("etcd").part("external").texts("endpoints")
        return tuple(canonical(host_of(url)) for url in listed if url)
    except Undecidable:
        return ()


def _keys(stack: Stack, host: Host, twice: frozenset[str]) -> Iterator[str]:
    """What identifies a cluster: machines of one cluster share it, machines of two clusters do not.

    An address that two machines of the stack have (`twice`) is unique only within its own network.
    """
    for urn in (host.resource.urn, *(owner.urn for owner in host.owners)):
        yield f"urn {urn}"
    network = next((vpc for subnet in host.subnets for vpc in sorted(subnet.sources("vpcId"))), "")
    loop = {"127.0.0.1", "::1", "localhost"}
    yield from (f"endpoint {name}" for name in _attempt(host, "endpoint"))
    named = [*_attempt(host, "members"), _address(host), *(address for address, _ in forwards(host.readable))]
    for address in {canonical(text) for text in named if text} - loop:
        yield f"at {network if address in twice else ''} {address}"
    yield f"endpoint {canonical(host.name)}"
    yield from (f"endpoint {canonical(address)}" for address in carries(host.readable))
    yield from (f"urn {part.urn}" for part in host.parts)
    yield from (f"plane {urn}" for urn in _above(stack, host.resource))


def _weak_keys(stack: Stack, host: Host) -> Iterator[str]:
    for part in (*host.parts, *host.interfaces):
        for name in ("vpcSecurityGroupIds", "securityGroups"):
            yield from (group.urn for group in stack.sources(part, name, *GROUPS))
        yield from (urn for urn in part.depends if (other := stack.at(urn)) and other.type == part.type)
        yield part.urn
    yield f"parent {host.resource.parent}"


def _above(stack: Stack, resource: Resource) -> Iterator[str]:
    """Control-plane components above a resource."""
    parent = stack.at(resource.parent)
    while parent is not None:
        if parent.type == PLANE:
            yield parent.urn
        parent = stack.at(parent.parent)


def _owned(stack: Stack, group: Iterable[Host]) -> set[str]:
    """URNs of the resources that belong to these machines."""
    urns = {r.urn for host in group for r in (host.resource, *host.parts, *host.interfaces, *host.owners)}
    urns |= {plane for host in group for plane in _above(stack, host.resource)}
    fronts = {a.group for a in attachments(stack) if any(t.urn in urns for t in a.targets)}
    urns |= fronts | {a.resource.urn for a in attachments(stack) if any(t.urn in urns for t in a.targets)}
    for balancer in load_balancers(stack):
        for listener in balancer.listeners:
            if any(each.resource.urn in fronts for each in listener.groups):
                urns |= {listener.resource.urn, balancer.resource.urn}
    urns |= {g.resource.urn for g in scaling_groups(stack) if g.templates & urns}
    urns |= {r.urn for a in stack.of(VOLUME_ATTACHMENT) if a.sources("instanceId") & urns
             for r in (a, *stack.sources(a, "volumeId", VOLUME))}  # fmt: skip
    named = {canonical(name) for host in group for name in (host.name, _address(host)) if name}
    named |= {name for host in group for name in _attempt(host, "endpoint")}
    keys = {
        u
        for host in group
        for part in host.parts
        for n, us in part.property_depends.items()
        if n != "connection"
        for u in us
    }
    for leaf in all_leaves(stack):
        if leaf.known_names & named or (leaf.key and leaf.key.urn in keys):
            urns |= {r.urn for r in (leaf.resource, leaf.request, leaf.key) if r}
    return urns


def _address(host: Host) -> str:
    try:
        return host.address
    except Undecidable:
        return ""
