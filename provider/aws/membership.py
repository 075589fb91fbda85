"""The resource `quorate:aws:Membership`: an update removes no more members than the cluster can lose at once.

On AWS an instance stops before its member leaves, because the update has no connection to the instance's agent. The
other agents remove such a member from etcd's list at their next check. Until then it is a dead voter, and too many
dead voters end the quorum. (Hosts that are reached by SSH leave the cluster before they stop, one after the other.)
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from provider.hosts.session import Sessions
from provider.protocol.kind import Kind
from provider.protocol.messages import Change, Checked, Difference, Found, Refused, Request
from provider.protocol.values import UNKNOWN, Properties

# Agents check every 3.5 minutes (documents/user_data.py), and etcd refuses a removal for up to 90 s: this covers two
# checks and their work.
SETTLE_SECONDS = 600.0
LEFT = "left"  # in the state: name of a removed member, and time of its removal (seconds since the epoch)


class MembershipKind(Kind):
    """Refuses a change that the current members would not survive; otherwise it only stores the list.

    Make it depend on the resources that deliver the new list to the nodes: the waiting time starts then.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now

    def check(self, request: Request) -> Checked:
        """Report every problem together."""
        return Checked(inputs=request.inputs, problems=list(_problems(request.inputs)))

    def diff(self, request: Request) -> Change:
        """Raises `Refused` already in the preview, which announces deletions."""
        old, new = _members(request.old_inputs), _members(request.inputs)
        going = [name for name in old if name not in new]
        late = [name for name in self._late(request.state) if name not in (*old, *new)]
        if going and len(going) + len(late) > _bearable(len(old) + len(late)):
            raise Refused(_refusal(going=going, late=late, present=len(old), target=len(new)))
        return Change(paths={"members": Difference.CHANGED} if old != new else {})

    def create(self, request: Request) -> tuple[str, Properties]:
        """Store the list."""
        return "" if request.preview else request.name, {**request.inputs, LEFT: {}}

    def update(self, request: Request) -> Properties:
        """Store the new list and the members just removed."""
        old, new = _members(request.old_inputs), _members(request.inputs)
        left = {name: when for name, when in self._late(request.state).items() if name not in new}
        now = self._now()
        return {**request.inputs, LEFT: {**left, **{name: now for name in old if name not in new}}}

    def read(self, request: Request) -> Found:
        """Return the state: there is nothing to read."""
        return Found(state=request.state)

    def delete(self, request: Request) -> None:
        """Do nothing: nothing exists outside the state."""

    def _late(self, state: Properties) -> dict[str, float]:
        """Members that may still be on etcd's list although their instances are gone."""
        left = state.get(LEFT)
        found = {name: float(str(when)) for name, when in left.items()} if isinstance(left, Mapping) else {}
        return {name: when for name, when in found.items() if self._now() - when < SETTLE_SECONDS}


def _bearable(members: int) -> int:
    return (members - 1) // 2


def _refusal(*, going: Sequence[str], late: Sequence[str], present: int, target: int) -> str:
    voters = present + len(late)
    lost, bearable = len(going) + len(late), _bearable(voters)
    recent = (
        f" {', '.join(late)} left less than {SETTLE_SECONDS / 60:.0f} minutes ago and may still be on the list."
        if late
        else ""
    )
    return (
        f"an update may remove at most {bearable} of the {voters} voters, which is what the quorum allows; "
        f"this one would remove {', '.join(going)}.{recent} Instances stop before the other nodes remove their "
        f"members from etcd's list, so {voters - lost} members would serve, {voters - bearable} must agree, and the "
        f"cluster would lose its quorum. {_way(late=late, bearable=bearable, present=present, target=target)}"
    )


def _way(*, late: Sequence[str], bearable: int, present: int, target: int) -> str:
    if late:
        return f"Run it again {SETTLE_SECONDS / 60:.0f} minutes after the last removal"
    if target >= present:
        return f"Replace at most {bearable} in one update"
    # Another check refuses an even number.
    first = present - bearable + (present - bearable + 1) % 2
    return f"Go to {first} members first, then continue {SETTLE_SECONDS / 60:.0f} minutes later"


def _members(inputs: Properties) -> Sequence[str]:
    given = inputs.get("members")
    return [str(name) for name in given] if isinstance(given, Sequence) and not isinstance(given, str) else []


def _problems(inputs: Properties) -> Iterator[str]:
    given = inputs.get("members")
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        yield "members must be a list with the name of every etcd member, known before an update"
        return
    strange = [name for name in given if not isinstance(name, str) or name in ("", UNKNOWN)]
    if strange:
        yield "members has an entry that is not a name, or that is not known before an update"
    elif len(set(_members(inputs))) != len(given):
        yield f"members has a duplicate name: {', '.join(_members(inputs))}"


def kind(_: Sessions) -> MembershipKind:
    """Create the kind for the provider."""
    return MembershipKind()
