"""Finds the etcd members before and after a change, and those whose machine is replaced."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from operations.review.change import Change, Changes, Kind
from policies.properties import Undecidable
from policies.stack import Stack
from policies.views.etcd import EtcdCluster, etcd_clusters

INSTANCE = "aws:ec2/instance:Instance"
MACHINE = "quorate:local:Machine"
NODE = "quorate:hosts:Node"
VOLUME = "aws:ebs/volume:Volume"
MACHINES = (INSTANCE, MACHINE, NODE, VOLUME)
# Differences that result in another machine although the resource stays: a lost local machine gets a new disk, and EC2
# stops an instance and starts it on another host to change its type.
OTHER_MACHINE = {MACHINE: frozenset({"generation"}), INSTANCE: frozenset({"instanceType"})}
KEEPS = (INSTANCE,)  # resources that can be replaced while the member's volume stays


@dataclass(frozen=True, kw_only=True)
class Membership:
    """One etcd cluster. Names are sorted.

    `replaced` stay members by name, but with another machine, disk or address; `keeping`: those of them that keep
    their volume and return as the same members. `in_turn`: each of their machines waits for the previous one.
    `tended`: agents remove members from the list before they stop; without agents, removed members are dead voters.
    """

    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    replaced: tuple[str, ...]
    keeping: tuple[str, ...]
    in_turn: bool
    tended: bool

    @property
    def added(self) -> tuple[str, ...]:
        """Members that are added."""
        return tuple(name for name in self.after if name not in self.before)

    @property
    def removed(self) -> tuple[str, ...]:
        """Members that are removed permanently."""
        return tuple(name for name in self.before if name not in self.after)


@dataclass(frozen=True, kw_only=True)
class _Member:
    name: str
    address: str


def memberships(changes: Changes) -> Iterator[Membership]:
    """Every etcd cluster of the stack, before or after. Raises Undecidable if members are not known."""
    before, after = _clusters(changes.before), _clusters(changes.after)
    exchanged = {c.urn: c for c in changes.of(*MACHINES) if _exchanged(c)}
    tended = bool(changes.of(NODE))
    volumes = [change for change in changes.of(VOLUME) if change.kind in (Kind.SAME, Kind.UPDATED)]
    for urn in dict.fromkeys((*before, *after)):
        old, new = before.get(urn, ()), after.get(urn, ())
        addresses = {member.name: member.address for member in old}
        machines = {
            member.name: [change for change in exchanged.values() if _is_of(change, member)]
            for member in new
            if member.name in addresses
        }
        moved = {m.name for m in new if m.name in addresses and addresses[m.name] != m.address}
        replaced = sorted(moved | {name for name, found in machines.items() if found})
        yield Membership(
            name=urn.rsplit("::", 1)[-1],
            before=tuple(sorted(addresses)),
            after=tuple(sorted(member.name for member in new)),
            replaced=tuple(replaced),
            keeping=tuple(
                name
                for name in replaced
                if name not in moved
                and all(change.type in KEEPS for change in machines[name])
                and any(_is_of(volume, _Member(name=name, address="")) for volume in volumes)
            ),
            in_turn=_in_turn([found for name in replaced for found in machines.get(name, [])], changes),
            tended=tended,
        )


def _clusters(stack: Stack) -> dict[str, tuple[_Member, ...]]:
    clusters = etcd_clusters(stack)
    # Another program's hosts form one cluster, in any order.
    return {"::etcd" if _observed(cluster) else cluster.resource.urn: _members(cluster) for cluster in clusters}


def _observed(cluster: EtcdCluster) -> bool:
    return any(cluster.resource is host.resource for host in cluster.hosts)


def _members(cluster: EtcdCluster) -> tuple[_Member, ...]:
    return tuple(_Member(name=member.name, address=member.address) for member in cluster.members)


def _exchanged(change: Change) -> bool:
    return change.kind is Kind.REPLACED or bool(OTHER_MACHINE.get(change.type, frozenset()) & set(change.paths))


def _is_of(change: Change, member: _Member) -> bool:
    properties = change.resource.properties
    tags = properties.raw("tags")
    names = {change.name, properties.raw("name"), tags.get("Name") if isinstance(tags, dict) else None}
    addresses = {str(properties.raw("address") or "").split("/")[0], properties.raw("privateIp")}
    return member.name in names or (bool(member.address) and member.address in addresses)


def _in_turn(machines: list[Change], changes: Changes) -> bool:
    """Whether, of any two machines, one depends on the other."""
    waits = {machine.urn: _waits_for(machine, changes) for machine in machines}
    urns = list(waits)
    return all(a in waits[b] or b in waits[a] for i, a in enumerate(urns) for b in urns[i + 1 :])


def _waits_for(change: Change, changes: Changes) -> set[str]:
    found: set[str] = set()
    ahead: list[str] = [change.urn]
    while ahead:
        resource = changes.by_urn[ahead.pop()].after
        depends: Iterable[str] = resource.depends if resource else ()
        new = {urn for urn in depends if urn in changes.by_urn} - found
        found |= new
        ahead.extend(new)
    return found


__all__ = ["Membership", "Undecidable", "memberships"]
