"""Keepalived: one address, several machines, and never two owners."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policies.addresses import inside, networks
from policies.facts import nodes
from policies.parsers.keepalived import Instance
from policies.rule import Scope, Severity, rule
from policies.scope import ADDRESS
from policies.stack import Stack
from policies.views.control_planes import control_planes
from policies.views.hosts import Host
from policies.views.machines import hosts
from policies.violation import Violation

RFC = "RFC 9568: Virtual Router Redundancy Protocol version 3"
MANUAL = "Keepalived manual: keepalived.conf(5)"
IDENTIFIERS = range(1, 256)  # RFC 9568: an unsigned byte, not 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Speaker:
    """A host's configuration for one virtual router."""

    host: Host
    instance: Instance


def _groups(stack: Stack) -> Mapping[frozenset[str], list[Speaker]]:
    """Speakers by the addresses they carry."""
    found: dict[frozenset[str], list[Speaker]] = defaultdict(list)
    for host in hosts(stack):
        for instance in host.keepalived.instances:
            found[frozenset(instance.addresses)].append(Speaker(host=host, instance=instance))
    return found


@rule(
    id="P28",
    title="All machines of a VRRP group agree on router id and address, and each has its own priority",
    fix="Render the group from one list: one id (1-255), one free address of the nodes' network, distinct priorities.",
    evidence=ADDRESS,
    severity=Severity.CRITICAL,
    references=(RFC,),
)
def consistent_group(stack: Stack) -> Iterator[Violation]:
    """Hosts that disagree ignore each other's messages: then two of them own the address, or none does."""
    groups = _groups(stack)
    used: dict[int, frozenset[str]] = {}
    own = {node.address for node in nodes(stack)} | {h.address for g in groups.values() for h in [s.host for s in g]}
    ranges = networks([text for plane in control_planes(stack) for text in plane.ranges.get("hosts", ())])
    for addresses, speakers in groups.items():
        first = speakers[0].host
        yield from _disagreements(speakers)
        for router in {s.instance.router_id for s in speakers}:
            if router is not None and used.setdefault(router, addresses) != addresses:
                yield first.violation(f"virtual_router_id {router} is used for two different addresses")
        for address in sorted(addresses):
            if address in own:
                yield first.violation(f"the virtual address {address} is a node's own")
            if ranges and not any(inside(address, network) for network in ranges):
                yield first.violation(f"the virtual address {address} is outside {', '.join(map(str, ranges))}")
    if len(groups) > 1 and len({tuple(sorted(a)) for a in groups}) == sum(len(s) for s in groups.values()):
        yield Violation(what="no two hosts carry the same virtual address")


def _disagreements(speakers: list[Speaker]) -> Iterator[Violation]:
    first = speakers[0].host
    routers = {s.instance.router_id for s in speakers}
    if len(routers) > 1:
        yield first.violation(f"the group uses the virtual_router_ids {', '.join(sorted(map(str, routers)))}")
    for speaker in speakers:
        if speaker.instance.router_id not in IDENTIFIERS:
            yield speaker.host.violation(f"virtual_router_id {speaker.instance.router_id} is not in 1-255")
    for priority, count in sorted(Counter(s.instance.priority or 100 for s in speakers).items()):
        if count > 1:
            yield first.violation(f"{count} hosts share the priority {priority}")


@rule(
    id="P29",
    title="VRRP speaks to named peers and has no password",
    fix="Use vrrp_version 3 with unicast_peer, and let the firewall restrict VRRP to the group; "
    "remove the authentication block.",
    evidence=ADDRESS,
    severity=Severity.MEDIUM,
    scope=Scope.RESOURCE,
    references=(RFC, MANUAL),
)
def named_peers(stack: Stack) -> Iterator[Violation]:
    """A VRRP password is sent in clear text; with multicast, any neighbour can join the election."""
    for host in hosts(stack):
        for instance in host.keepalived.instances:
            wrong = ["has an auth_pass"] if any(b.has("auth_pass") for b in instance.block.of("authentication")) else []
            wrong += [] if instance.peers else ["has no unicast_peer"]
            if wrong:
                yield host.violation(f"vrrp_instance {instance.name} {' and '.join(wrong)}", at=instance.name)


@rule(
    id="P30",
    title="A check script can take the virtual address away from a machine whose balancer is dead",
    fix="Add a track_script without weight (its failure is a fault), or with a weight above the priority gap.",
    evidence=ADDRESS,
    severity=Severity.CRITICAL,
    references=(MANUAL,),
)
def decisive_script(stack: Stack) -> Iterator[Violation]:
    """Without it the address stays on a machine that still sends VRRP but no longer balances anything."""
    for speakers in _groups(stack).values():
        priorities = [speaker.instance.priority or 100 for speaker in speakers]
        gap = max(priorities) - min(priorities)
        for speaker in speakers:
            scripts = speaker.instance.scripts
            if not scripts:
                yield speaker.host.violation(f"vrrp_instance {speaker.instance.name} has no track_script")
            elif not any(not weight or abs(weight) > gap for _, weight in scripts):
                weights = ", ".join(str(weight) for _, weight in scripts)
                yield speaker.host.violation(f"a weight of {weights} cannot bridge a priority gap of {gap}")
