import time

from tests.unit.workbench.lab.api_server import FakeCluster
from workbench.lab.ledger import Ledger
from workbench.lab.reader import Reader, reading
from workbench.lab.writer import Writer, writing


def read_at(cluster: FakeCluster, *, seconds: float = 0.25) -> tuple[Reader, ...]:
    writer = Writer(cluster.access, Ledger(), pace=0.01)
    with writing(writer) as ledger:
        assert ledger.wait_for_more(12, seconds=5)
        with reading(cluster.access, cluster.places, writer, pace=0.02, deadline=0.2) as readers:
            time.sleep(seconds)
    return readers


def test_servers_that_know_all_that_was_confirmed_read_fresh(cluster: FakeCluster) -> None:
    for reader in read_at(cluster):
        assert reader.fresh
        assert not reader.stale


def test_a_ready_server_whose_lists_are_old_is_caught_with_what_it_did_not_know(cluster: FakeCluster) -> None:
    cluster.servers[1].errors.lists_behind = 10
    good, bad = read_at(cluster)
    assert not good.stale
    assert not bad.fresh
    assert bad.stale[0].place == "cp2"
    assert bad.stale[0].seen.startswith("list at revision 1")


def test_a_ready_server_that_does_not_find_what_was_confirmed_is_caught(cluster: FakeCluster) -> None:
    cluster.servers[1].errors.gets_behind = 10
    _, bad = read_at(cluster)
    assert not bad.fresh
    assert "is not found, it was confirmed at revision" in bad.stale[0].seen


def test_a_server_that_says_it_is_not_ready_may_be_behind(cluster: FakeCluster) -> None:
    cluster.servers[1].errors.lists_behind = 10
    cluster.servers[1].errors.unready = True
    _, unready = read_at(cluster)
    assert not unready.stale
    assert {one.verdict for one in unready.readings} == {"unready"}


def test_a_right_answer_of_a_server_that_is_not_ready_proves_nothing(cluster: FakeCluster) -> None:
    cluster.servers[1].errors.unready = True
    _, unready = read_at(cluster)
    assert not unready.fresh


def test_a_server_that_does_not_answer_reads_nothing_stale(cluster: FakeCluster) -> None:
    cluster.servers[1].errors.late = 5.0
    _, silent = read_at(cluster, seconds=0.2)
    assert not silent.stale
    assert {one.seen for one in silent.readings} == {"answer: timed out"}
