"""The resource `quorate:aws:Membership`: no more members go at once than the cluster can lose.

An instance on AWS stops before its member has left: nothing but the instance's own agent could make it leave, and that
is not asked. The other agents take such a member off etcd's list when they next look. Until then it is a dead voter,
and too many of them end the quorum. (Hosts that are reached by SSH leave one after the other, and are asked first.)
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from provider.hosts.session import Sessions
from provider.protocol.kind import Kind
from provider.protocol.messages import Change, Checked, Difference, Found, Refused, Request
from provider.protocol.values import UNKNOWN, Properties

# Agents look 3.5 minutes after their last look (documents/user_data.py), and etcd refuses a removal for up to 90 s:
# time for two looks and their work.
SETTLE_SECONDS = 600.0
LEFT = "left"  # in the state: name of a removed member, and when that was recorded (seconds since the epoch)


class MembershipKind(Kind):
    """Refuses a difference that the present members would not survive; for the rest it only keeps the list.

    Make it depend on what tells the nodes of the new list: that a member has left counts from then on.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now

    def check(self, request: Request) -> Checked:
        """Every problem at once."""
        return Checked(inputs=request.inputs, problems=list(_problems(request.inputs)))

    def diff(self, request: Request) -> Change:
        """Raises `Refused` in the preview already, which is where deletions are announced."""
        old, new = _members(request.old_inputs), _members(request.inputs)
        going = [name for name in old if name not in new]
        late = [name for name in self._late(request.state) if name not in (*old, *new)]
        if going and len(going) + len(late) > _bearable(len(old) + len(late)):
            raise Refused(_refusal(going=going, late=late, present=len(old), target=len(new)))
        return Change(paths={"members": Difference.CHANGED} if old != new else {})

    def create(self, request: Request) -> tuple[str, Properties]:
        """The list as it is."""
        return "" if request.preview else request.name, {**request.inputs, LEFT: {}}

    def update(self, request: Request) -> Properties:
        """The new list, and who has left just now."""
        old, new = _members(request.old_inputs), _members(request.inputs)
        left = {name: when for name, when in self._late(request.state).items() if name not in new}
        now = self._now()
        return {**request.inputs, LEFT: {**left, **{name: now for name in old if name not in new}}}

    def read(self, request: Request) -> Found:
        """There is nothing to look at."""
        return Found(state=request.state)

    def delete(self, request: Request) -> None:
        """There is nothing to remove."""

    def _late(self, state: Properties) -> dict[str, float]:
        """Members that may be on etcd's list although their instances have gone."""
        left = state.get(LEFT)
        found = {name: float(str(when)) for name, when in left.items()} if isinstance(left, Mapping) else {}
        return {name: when for name, when in found.items() if self._now() - when < SETTLE_SECONDS}


def _bearable(members: int) -> int:
    return (members - 1) // 2


def _refusal(*, going: Sequence[str], late: Sequence[str], present: int, target: int) -> str:
    voters = present + len(late)
    lost, bearable = len(going) + len(late), _bearable(voters)
    recent = (
        f" {', '.join(late)} went less than {SETTLE_SECONDS / 60:.0f} minutes ago and may still be on the list."
        if late
        else ""
    )
    return (
        f"an update may remove what the present members can lose at once: {bearable} of {voters}; "
        f"this one would remove {', '.join(going)}.{recent} Instances stop before the other nodes have taken their "
        f"members off etcd's list, so {voters - lost} would answer where {voters - bearable} must agree, and the "
        f"cluster would lose its quorum. {_way(late=late, bearable=bearable, present=present, target=target)}"
    )


def _way(*, late: Sequence[str], bearable: int, present: int, target: int) -> str:
    if late:
        return f"Run it again {SETTLE_SECONDS / 60:.0f} minutes after the last removal"
    if target >= present:
        return f"Exchange {bearable} at most with one update"
    # An even number would be refused for its own reason.
    first = present - bearable + (present - bearable + 1) % 2
    return f"Go to {first} members first, and on from there {SETTLE_SECONDS / 60:.0f} minutes later"


def _members(inputs: Properties) -> Sequence[str]:
    given = inputs.get("members")
    return [str(name) for name in given] if isinstance(given, Sequence) and not isinstance(given, str) else []


def _problems(inputs: Properties) -> Iterator[str]:
    given = inputs.get("members")
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        yield "members is a list with the name of every etcd member, known before an update"
        return
    strange = [name for name in given if not isinstance(name, str) or name in ("", UNKNOWN)]
    if strange:
        yield "members has an entry that is no name, or is not known before an update"
    elif len(set(_members(inputs))) != len(given):
        yield f"members has a name twice: {', '.join(_members(inputs))}"


def kind(_: Sessions) -> MembershipKind:
    """For the provider."""
    return MembershipKind()
