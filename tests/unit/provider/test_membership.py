"""What an update may take away from an etcd cluster on AWS."""

import pytest

from provider.aws.membership import SETTLE_SECONDS, MembershipKind
from provider.protocol.log import EngineLog, Progress
from provider.protocol.messages import Refused, Request
from provider.protocol.values import UNKNOWN, Properties, Value

URN = "urn:pulumi:test::quorate::quorate:aws:Membership::dev"


class Clock:
    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


class Cluster:
    """What the engine would keep of the resource from one update to the next."""

    def __init__(self, members: list[str]) -> None:
        self.clock = Clock()
        self.kind = MembershipKind(self.clock)
        self.inputs: Properties = {"members": members}
        _, self.state = self.kind.create(ask(inputs=self.inputs))

    def preview(self, members: list[str]) -> list[str]:
        return list(self.kind.diff(self._question(members)).paths)

    def up(self, members: list[str]) -> None:
        self.preview(members)
        self.state = self.kind.update(self._question(members))
        self.inputs = {"members": members}

    def _question(self, members: list[str]) -> Request:
        return ask(inputs={"members": members}, old_inputs=self.inputs, state=self.state)


def ask(**parts: object) -> Request:
    return Request(urn=URN, progress=Progress(EngineLog(None), URN), **parts)  # type: ignore[arg-type]


def names(count: int) -> list[str]:
    return [f"cp{number}" for number in range(1, count + 1)]


@pytest.mark.parametrize(("before", "after"), [(7, 3), (3, 1), (7, 1), (5, 1)])
def test_more_than_the_present_members_can_lose_is_refused(before: int, after: int) -> None:
    with pytest.raises(Refused, match="would lose its quorum"):
        Cluster(names(before)).preview(names(after))


@pytest.mark.parametrize(("before", "after"), [(7, 5), (5, 3), (3, 5), (3, 7), (7, 4)])
def test_what_the_present_members_can_lose_may_go_and_any_number_may_come(before: int, after: int) -> None:
    assert Cluster(names(before)).preview(names(after)) == ["members"]


def test_the_refusal_tells_the_bound_what_was_asked_why_and_the_way_round() -> None:
    with pytest.raises(Refused) as refused:
        Cluster(names(7)).preview(names(3))
    text = str(refused.value)
    assert "at most 3 of the 7 voters" in text
    assert "cp4, cp5, cp6, cp7" in text
    assert "3 members would serve, 4 must agree" in text
    assert "Go to 5 members first" in text


def test_exchanging_every_member_for_another_is_refused_although_their_number_stays() -> None:
    with pytest.raises(Refused, match="Replace at most 1"):
        Cluster(names(3)).preview(["a", "b", "c"])
    assert Cluster(names(3)).preview(["cp1", "cp2", "c"]) == ["members"]


def test_two_removals_in_quick_succession_count_as_one() -> None:
    cluster = Cluster(names(7))
    cluster.up(names(5))
    cluster.clock.now += SETTLE_SECONDS / 2
    with pytest.raises(Refused, match=r"cp6, cp7 left less than 10 minutes ago.*Run it again"):
        cluster.preview(names(3))
    cluster.clock.now += SETTLE_SECONDS / 2
    cluster.up(names(3))
    assert cluster.preview(names(3)) == []


def test_a_removal_is_not_forgotten_by_an_update_that_adds() -> None:
    cluster = Cluster(names(5))
    cluster.up(names(3))
    cluster.up([*names(3), "cp8", "cp9"])
    with pytest.raises(Refused, match="cp4, cp5 left"):
        cluster.preview(["cp1", "cp2", "cp8"])


def test_a_member_that_came_back_is_not_counted_as_gone() -> None:
    cluster = Cluster(names(7))
    cluster.up(names(5))
    cluster.up(names(7))
    assert cluster.preview(names(5)) == ["members"]


def test_a_refresh_changes_nothing() -> None:
    cluster = Cluster(names(5))
    cluster.up(names(3))
    assert cluster.kind.read(ask(inputs=cluster.inputs, state=cluster.state)).state == cluster.state


@pytest.mark.parametrize("members", [None, "cp1", [], [""], [3], ["cp1", "cp1"], UNKNOWN, ["cp1", UNKNOWN]])
def test_a_list_that_cannot_be_compared_is_refused(members: Value) -> None:
    assert MembershipKind().check(ask(inputs={"members": members})).problems


def test_a_list_of_names_has_no_problem() -> None:
    assert MembershipKind().check(ask(inputs={"members": names(3)})).problems == []
