"""What a node does about its own membership, for every situation that can be seen from outside."""

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.etcd.members import EtcdMember
from agent.etcd.membership import Action, Data, View, decide
from agent.model.wanted import Member

ME = Member(name="cp1", peer_url="https://10.0.0.1:2380", client_url="https://10.0.0.1:2379")


def member(number: int, *, name: str | None = None, served: bool = True, learner: bool = False) -> EtcdMember:
    return EtcdMember(
        id=number,
        name=f"cp{number}" if name is None else name,
        peer_urls=(f"https://10.0.0.{number}:2380",),
        client_urls=(f"https://10.0.0.{number}:2379",) if served else (),
        learner=learner,
    )


FOUNDING = tuple(member(n, served=False) for n in (1, 2, 3))
WORKING = tuple(member(n) for n in (1, 2, 3))
members = st.sampled_from([None, (), FOUNDING, WORKING, WORKING[1:], (member(1, name="", served=False), *WORKING[1:])])
traces = st.lists(st.sampled_from([FOUNDING, WORKING, WORKING[1:]])).map(tuple)


def action(
    *,
    members: tuple[EtcdMember, ...] | None,
    data: Data,
    may_begin: bool,
    traces: tuple[tuple[EtcdMember, ...], ...] = (),
) -> Action:
    return decide(view=View(members=members, traces=traces), me=ME, data=data, may_begin=may_begin).action


def test_new_machines_bootstrap_a_cluster_together_if_no_member_answers() -> None:
    assert action(members=None, data=Data.EMPTY, may_begin=True) is Action.BOOTSTRAP


def test_a_new_machine_that_comes_late_still_founds_because_the_others_wait_for_it() -> None:
    late = (member(1, served=False), member(2), member(3))
    assert action(members=late, data=Data.EMPTY, may_begin=True) is Action.BOOTSTRAP


def test_a_member_that_lost_its_disk_never_founds_a_cluster() -> None:
    assert action(members=None, data=Data.EMPTY, may_begin=False) is Action.WAIT
    assert action(members=WORKING, data=Data.EMPTY, may_begin=False) is Action.REPLACE


def test_a_recreated_machine_with_an_old_name_is_a_new_member() -> None:
    assert action(members=WORKING, data=Data.EMPTY, may_begin=True) is Action.REPLACE


def test_a_machine_that_was_never_on_the_list_joins_as_a_learner() -> None:
    assert action(members=WORKING[1:], data=Data.EMPTY, may_begin=True) is Action.JOIN


def test_an_election_in_an_old_cluster_is_not_taken_for_an_empty_site() -> None:
    assert action(members=None, data=Data.EMPTY, may_begin=True, traces=(WORKING,)) is Action.WAIT


def test_a_cluster_of_others_that_is_being_founded_without_this_node_is_not_joined_blindly() -> None:
    others = tuple(member(n, served=False) for n in (2, 3, 4))
    assert action(members=None, data=Data.EMPTY, may_begin=True, traces=(others,)) is Action.WAIT


def test_an_agent_killed_between_adding_and_starting_goes_on_with_the_identity_it_added() -> None:
    added = (member(1, name="", served=False, learner=True), *WORKING[1:])
    assert action(members=added, data=Data.EMPTY, may_begin=False) is Action.START_ADDED


def test_a_power_cut_before_etcd_wrote_its_first_log_does_not_lose_the_right_to_found() -> None:
    assert action(members=None, data=Data.BEGUN, may_begin=False) is Action.BOOTSTRAP


def test_a_founder_that_may_have_voted_is_replaced_when_its_disk_is_gone() -> None:
    assert action(members=FOUNDING, data=Data.EMPTY, may_begin=False) is Action.REPLACE


def test_data_of_an_identity_that_the_cluster_removed_is_put_aside() -> None:
    assert action(members=WORKING[1:], data=Data.PRESENT, may_begin=False) is Action.EXPELLED


def test_all_nodes_down_at_once_simply_start_with_their_data() -> None:
    assert action(members=None, data=Data.PRESENT, may_begin=False) is Action.START


@settings(deadline=None)
@given(members=members, traces=traces, may_begin=st.booleans())
def test_data_is_never_replaced_while_the_cluster_cannot_say_that_it_is_obsolete(
    members: tuple[EtcdMember, ...] | None,
    traces: tuple[tuple[EtcdMember, ...], ...],
    may_begin: bool,  # noqa: FBT001  given by Hypothesis, by name
) -> None:
    chosen = action(members=members, data=Data.PRESENT, may_begin=may_begin, traces=traces)
    assert chosen in {Action.START, Action.EXPELLED}
    if members is None or any(ME.peer_url in m.peer_urls for m in members):
        assert chosen is Action.START


@settings(deadline=None)
@given(members=members, traces=traces)
def test_a_machine_that_has_been_a_member_never_founds_a_cluster_whatever_it_sees(
    members: tuple[EtcdMember, ...] | None, traces: tuple[tuple[EtcdMember, ...], ...]
) -> None:
    assert action(members=members, data=Data.EMPTY, may_begin=False, traces=traces) is not Action.BOOTSTRAP


@settings(deadline=None)
@given(members=members, traces=traces, may_begin=st.booleans(), data=st.sampled_from([Data.EMPTY, Data.BEGUN]))
def test_no_machine_bootstraps_a_second_cluster_beside_one_that_has_served(
    members: tuple[EtcdMember, ...] | None,
    traces: tuple[tuple[EtcdMember, ...], ...],
    may_begin: bool,  # noqa: FBT001  given by Hypothesis, by name
    data: Data,
) -> None:
    own = [m for m in members or () if ME.peer_url in m.peer_urls]
    served = any(m.has_served for m in own) or (members is None and any(m.has_served for t in traces for m in t))
    if served or (members is not None and not own):
        assert action(members=members, data=data, may_begin=may_begin, traces=traces) is not Action.BOOTSTRAP
