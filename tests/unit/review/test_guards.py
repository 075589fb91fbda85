"""Changes that are blocked unless an operator overrides the guard."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.environment import OperationFailed
from operations.review.gate import allowed
from operations.review.markdown import markdown
from operations.review.members import Membership
from operations.review.quorum import course
from tests.unit.review.previews import CLUSTER, INSTANCE, KEY, MACHINE, NODE, guards, members, review, step

THREE = members("cp1", "cp2", "cp3")
AGENTS = step("same", NODE, "cp1", {})


@pytest.mark.acceptance("T17")
def test_two_machines_that_are_replaced_in_one_update_are_stopped() -> None:
    replaced = [step("replace", MACHINE, name, {"name": name}, because="address") for name in ("cp1", "cp2")]
    found = review(step("same", CLUSTER, "prod", THREE), *replaced)
    assert "one-member" in guards(found)
    assert "at the same time" in markdown(found)


def test_one_replaced_machine_passes_and_is_pointed_at() -> None:
    found = review(step("same", CLUSTER, "prod", THREE), step("replace", MACHINE, "cp1", {"name": "cp1"}), AGENTS)
    assert guards(found) == []
    assert "`cp1` gets a new machine" in markdown(found)


def test_two_machines_that_lost_their_disks_break_the_quorum() -> None:
    lost = [
        {**step("update", MACHINE, name, {"name": name}), "detailedDiff": {"generation": {}}} for name in ("cp1", "cp2")
    ]
    assert {"one-member", "quorum"} <= set(guards(review(step("same", CLUSTER, "prod", THREE), AGENTS, *lost)))


def test_instances_that_stop_for_another_type_at_the_same_time_break_the_quorum() -> None:
    small, large = {"instanceType": "m7i.large"}, {"instanceType": "m7i.xlarge"}
    updated = [
        {**step("update", INSTANCE, name, small, large), "detailedDiff": {"instanceType": {}}}
        for name in ("cp1", "cp2")
    ]
    assert {"one-member", "quorum"} <= set(guards(review(step("same", CLUSTER, "prod", THREE), *updated)))


def test_a_member_at_another_address_is_another_member() -> None:
    moved = json.loads(json.dumps(THREE).replace("https://10.0.0", "https://10.9.0"))
    found = review(step("update", CLUSTER, "prod", THREE, moved), AGENTS)
    assert {"one-member", "target-quorum"} <= set(guards(found))


def test_a_fourth_member_is_stopped_by_parity() -> None:
    four = members("cp1", "cp2", "cp3", "cp4")
    assert guards(review(step("update", CLUSTER, "prod", THREE, four), AGENTS)) == ["parity"]


def test_other_members_than_before_are_no_quorum_of_the_target() -> None:
    others = members("cp1", "cp5", "cp6")
    assert "target-quorum" in guards(review(step("update", CLUSTER, "prod", THREE, others), AGENTS))


def test_the_destruction_of_a_cluster_is_stopped() -> None:
    found = review(step("delete", CLUSTER, "prod", THREE), AGENTS)
    assert "target-quorum" in guards(found)
    assert "the whole cluster and its data would be removed" in markdown(found)


@pytest.mark.parametrize("op", ["delete", "replace"])
def test_a_protected_key_does_not_go(op: str) -> None:
    assert guards(review(step(op, KEY, "authority-etcd", {}, protect=True))) == ["protected"]


def test_a_preview_that_failed_is_never_safe() -> None:
    found = review(diagnostics=[{"severity": "error", "message": "the endpoint is refused\n"}])
    assert guards(found) == ["preview"]


def test_the_official_hosts_note_on_the_exit_status_is_not_counted_as_a_second_problem() -> None:
    ended = "error: an unhandled error occurred: Program exited with non-zero exit code: 1\n"
    said = [{"severity": "error", "message": text} for text in ("the endpoint is refused\n", ended)]
    (stop,) = review(diagnostics=said).stops
    assert "the endpoint is refused" in stop.what
    assert "more" not in stop.what
    (alone,) = review(diagnostics=said[1:]).stops
    assert "Program exited" in alone.what


def test_members_of_a_foreign_program_stop_without_leaving_first() -> None:
    def host(op: str, name: str) -> dict[str, object]:
        text = "etcd --name x --data-dir /var/lib/etcd --initial-advertise-peer-urls https://10.0.0.1:2380"
        return step(op, INSTANCE, name, {"tags": {"Name": name, "role": "etcd"}, "userData": text.replace("x", name)})

    found = review(host("same", "e1"), host("delete", "e2"), host("delete", "e3"))
    assert "quorum" in guards(found)
    assert "2 removed without leaving" in markdown(found)


def test_an_override_lets_it_pass_and_its_reason_is_printed() -> None:
    four = members("cp1", "cp2", "cp3", "cp4")
    found = review(step("update", CLUSTER, "prod", THREE, four), allowed={"parity": "on the way to 5"})
    assert not found.stopped
    assert "**parity** was overridden" in markdown(found)
    assert "on the way to 5" in markdown(found)


@pytest.mark.parametrize("word", ["parity", "parity=", "parity= "])
def test_an_override_without_a_reason_is_none(word: str) -> None:
    with pytest.raises(OperationFailed, match="needs a reason"):
        allowed([word])


@pytest.mark.parametrize("guard", ["quorums", "policy", "preview"])
def test_what_is_no_guard_or_firm_cannot_be_overridden(guard: str) -> None:
    with pytest.raises(OperationFailed, match=r"no guard|cannot be overridden"):
        review(allowed={guard: "because"})


@given(before=st.integers(1, 9), after=st.integers(1, 9), restarts=st.booleans())
def test_agents_never_pass_through_a_state_without_quorum(before: int, after: int, *, restarts: bool) -> None:
    names = tuple(f"cp{i}" for i in range(10))
    change = Membership(
        name="x", before=names[:before], after=names[:after], replaced=(), keeping=(), in_turn=True, tended=True
    )
    found = course(change, restarts=restarts)
    # One member of one or two cannot be spared for its restart: there is no rolling without an outage.
    assert found.worst.spare >= (0 if not restarts or min(before, after) > 2 else -1)
