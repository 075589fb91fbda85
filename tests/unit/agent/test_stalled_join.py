"""A new member that does not see its finished request is restarted, and no other member is."""

from dataclasses import dataclass, field

import pytest

from agent.etcd.stalled_join import HEARD_SECONDS, restart_if_stalled


def metrics(*, leader: int = 1, applied: str = "19897") -> str:
    return (
        f"# TYPE etcd_server_has_leader gauge\netcd_server_has_leader {leader}\n"
        f"etcd_server_proposals_applied_total {applied}\n"
    )


@dataclass
class Member:
    """`said` is what its metrics say, `serves_at` when it serves by itself."""

    said: str = field(default_factory=metrics)
    serves_at: float = 7.0
    now: float = 0.0
    restarts: list[float] = field(default_factory=list)

    def metrics(self) -> str:
        if self.now < 0.1:
            raise ConnectionRefusedError(111, "Connection refused")
        return self.said

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def watched(self) -> bool:
        return restart_if_stalled(
            starting=lambda: self.now < self.serves_at,
            metrics=self.metrics,
            restart=lambda: self.restarts.append(self.now),
            clock=lambda: self.now,
            sleep=self.sleep,
        )


def test_a_member_that_has_its_data_and_serves_no_client_is_restarted() -> None:
    member = Member()
    assert member.watched()
    assert len(member.restarts) == 1
    assert HEARD_SECONDS <= member.restarts[0] < HEARD_SECONDS + 1


def test_one_that_serves_at_once_is_left_alone() -> None:
    member = Member(serves_at=0.8)
    assert not member.watched()
    assert not member.restarts


@pytest.mark.parametrize(
    "said",
    [metrics(applied="0"), metrics(leader=0), "404 page not found"],
    ids=["still without its data", "without a leader", "no metrics"],
)
def test_one_that_waits_for_something_else_is_left_alone(said: str) -> None:
    member = Member(said=said, serves_at=60.0)
    assert not member.watched()
    assert not member.restarts
