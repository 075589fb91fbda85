"""Which member may be removed, and which list a joining member gets."""

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.etcd.changes import initial_cluster, may_remove, unwanted
from agent.etcd.members import EtcdMember
from agent.model.wanted import Member
from tests.unit.agent.test_membership import WORKING, member


def wanted(*numbers: int) -> tuple[Member, ...]:
    return tuple(
        Member(name=f"cp{n}", peer_url=f"https://10.0.0.{n}:2380", client_url=f"https://10.0.0.{n}:2379")
        for n in numbers
    )


def test_a_member_is_unwanted_by_its_address_not_by_its_name() -> None:
    moved = (member(1, name="cp9"), member(2), member(3))
    assert unwanted(moved, wanted(1, 2, 3)) == ()
    assert [m.name for m in unwanted(WORKING, wanted(1, 2))] == ["cp3"]


def test_a_dead_member_may_go_when_the_others_decide_without_it() -> None:
    assert may_remove(WORKING[2], members=WORKING, healthy=frozenset({1, 2}), target=3)


def test_a_healthy_member_stays_while_another_one_is_dead() -> None:
    assert not may_remove(WORKING[0], members=WORKING, healthy=frozenset({1, 2}), target=3)


def test_two_members_are_not_both_exchanged_at_once_even_if_one_alone_could_decide() -> None:
    left = WORKING[:2]
    assert not may_remove(left[1], members=left, healthy=frozenset({1, 2}), target=3)


def test_the_last_member_is_never_removed() -> None:
    assert not may_remove(WORKING[0], members=WORKING[:1], healthy=frozenset({1}), target=1)


@settings(deadline=None)
@given(st.sets(st.integers(1, 7), min_size=1), st.sets(st.integers(1, 7)), st.integers(1, 7), st.integers(1, 7))
def test_after_every_removal_more_than_half_of_the_rest_is_healthy(
    present: set[int], healthy: set[int], target: int, pick: int
) -> None:
    members: tuple[EtcdMember, ...] = tuple(member(n) for n in sorted(present))
    gone = members[pick % len(members)]
    if may_remove(gone, members=members, healthy=frozenset(healthy), target=target):
        rest = present - {gone.id}
        assert 2 * len(rest & healthy) > len(rest)
        assert 2 * len(rest & healthy) > target


def test_a_joining_member_gets_the_list_of_all_members_even_of_one_without_a_name_yet() -> None:
    members = (member(1), member(2, name="", served=False), member(3))
    assert initial_cluster(members, wanted(1, 2, 3)) == (
        "cp1=https://10.0.0.1:2380,cp2=https://10.0.0.2:2380,cp3=https://10.0.0.3:2380"
    )
