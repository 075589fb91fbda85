"""What a node should do about its own etcd membership: a pure decision from everything that is known."""

from dataclasses import dataclass
from enum import Enum

from agent.etcd.members import EtcdMember
from agent.model.wanted import Member


class Data(Enum):
    """The state of the node's etcd data directory."""

    PRESENT = "present"  # a write-ahead log exists: this node has an identity
    BEGUN = "begun"  # a first start was allowed on this volume, but never wrote its log: it never voted
    EMPTY = "empty"  # no data: a new machine, or one that lost its disk


class Action(Enum):
    """The actions that a node can take."""

    START = "start with the existing data"
    BOOTSTRAP = "start a new cluster together with the other nodes"
    JOIN = "be added as a learner, start, be promoted"
    START_ADDED = "start under the identity that was already added"
    REPLACE = "have the old identity removed, then join as a new one"
    EXPELLED = "move the data of the removed identity aside, then join as a new one"
    WAIT = "wait for the cluster's quorum"


@dataclass(frozen=True, kw_only=True)
class View:
    """The cluster as seen from outside: the member list of a quorum (None without one), and the lists that single
    members keep (requested only without a quorum)."""

    members: tuple[EtcdMember, ...] | None
    traces: tuple[tuple[EtcdMember, ...], ...] = ()

    def member_of(self, me: Member) -> EtcdMember | None:
        """The entry with this node's peer URL."""
        return next((m for m in self.members or () if me.peer_url in m.peer_urls), None)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """`old` is the identity to remove first, or None; `why` is for people."""

    action: Action
    why: str
    old: EtcdMember | None = None


def _foreign(trace: tuple[EtcdMember, ...], me: Member) -> bool:
    """Whether a single member's list belongs to an existing cluster rather than to the one being bootstrapped."""
    return any(member.has_served for member in trace) or not any(me.peer_url in member.peer_urls for member in trace)


def decide(*, view: View, me: Member, data: Data, may_begin: bool) -> Decision:
    """`may_begin`: this machine was never a member, according to the provider (its record outlives the disk)."""
    own = view.member_of(me)
    if data is Data.PRESENT:
        if view.members is not None and own is None:
            return Decision(action=Action.EXPELLED, why="the cluster has removed this node's identity")
        return Decision(action=Action.START, why="this node has its data")
    never_voted = may_begin or data is Data.BEGUN
    if view.members is None:
        return _without_quorum(view, me=me, never_voted=never_voted)
    if own is None:
        return Decision(action=Action.JOIN, why="the cluster works, and this node is not one of its members")
    return _known(own, never_voted=never_voted)


def _known(own: EtcdMember, *, never_voted: bool) -> Decision:
    if own.has_served:
        return Decision(action=Action.REPLACE, old=own, why="this node was a member and its data is lost")
    if not own.name:
        return Decision(action=Action.START_ADDED, old=own, why="this node was added and has not started yet")
    if never_voted:
        return Decision(action=Action.BOOTSTRAP, why="the others have founded the cluster; this node is on its list")
    return Decision(action=Action.REPLACE, old=own, why="this node may have voted and its data is lost")


def _without_quorum(view: View, *, me: Member, never_voted: bool) -> Decision:
    if not never_voted:
        return Decision(
            action=Action.WAIT,
            why="this node was a member and its data is lost; it can only join again while the cluster has a quorum",
        )
    if any(_foreign(trace, me) for trace in view.traces):
        return Decision(action=Action.WAIT, why="a cluster exists already, but it has no quorum at the moment")
    return Decision(action=Action.BOOTSTRAP, why="no member responds, and this machine is new")
