"""Calculates the quorum through a change of members, including its worst moment."""

from collections.abc import Iterator
from dataclasses import dataclass

from operations.review.members import Membership
from plan.quorum import quorum


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A state of the cluster: `voters` are on the member list, `healthy` of them respond."""

    what: str
    voters: int
    healthy: int

    @property
    def quorum(self) -> int:
        """Voters that must agree."""
        return quorum(self.voters)

    @property
    def spare(self) -> int:
        """How many more may be lost; negative if the quorum is lost."""
        return self.healthy - self.quorum


@dataclass(frozen=True, kw_only=True)
class Course:
    """The states of one cluster from before the change to after it."""

    before: Moment
    worst: Moment
    after: Moment


def course(members: Membership, *, restarts: bool) -> Course:
    """Calculate the course. `restarts`: members also restart, one at a time."""
    before = Moment(what="before", voters=len(members.before), healthy=len(members.before))
    after = Moment(what="after", voters=len(members.after), healthy=len(members.after))
    during = [moment for moment in _moments(members, restarts=restarts) if moment.voters]
    # Of equally bad states, take the first: it can still be prevented.
    worst = min(during, key=lambda moment: moment.spare) if during else after
    return Course(before=before, worst=worst, after=after)


def _moments(members: Membership, *, restarts: bool) -> Iterator[Moment]:
    """Every state between before and after; empty for a new cluster.

    Agents hold a lock and change the member list one member at a time: a new member votes only after it has caught up,
    and a leaving member is removed from the list before it stops. A replaced machine counts as dead until its
    successor is a member. Without agents, all removed machines stop at the same time.
    """
    voters = len(members.before)
    if voters == 0:
        return
    dead = len(members.replaced) if not members.in_turn else min(1, len(members.replaced))
    if not members.tended:
        gone = len(members.removed)
        if gone or dead:
            yield Moment(what=_lost(gone, dead), voters=voters, healthy=voters - gone - dead)
        return
    down, why = _down(dead, restarts=restarts)
    if down:
        yield Moment(what=why, voters=voters, healthy=voters - down)
    for voters, what in _steps(members):
        yield Moment(what=f"{what}, {why}" if why else what, voters=voters, healthy=voters - down)


def _steps(members: Membership) -> Iterator[tuple[int, str]]:
    """Voters after each change of the member list: additions first, then removals."""
    voters, coming, leaving = len(members.before), len(members.added), len(members.removed)
    for number in range(1, coming + 1):
        yield voters + number, f"{number} of {coming} joined"
    for number in range(1, leaving + 1):
        yield voters + coming - number, f"{number} of {leaving} left"


def _down(dead: int, *, restarts: bool) -> tuple[int, str]:
    if dead:
        return dead, f"{dead} being replaced{'' if dead == 1 else ' at the same time'}"
    return (1, "1 restarting") if restarts else (0, "")


def _lost(gone: int, dead: int) -> str:
    parts = [f"{gone} removed without leaving" if gone else "", f"{dead} being replaced" if dead else ""]
    return " and ".join(part for part in parts if part) + (" at the same time" if gone + dead > 1 else "")
