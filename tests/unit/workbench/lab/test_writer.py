import time
from collections.abc import Callable
from pathlib import Path

from tests.unit.workbench.lab.api_server import FakeCluster
from workbench.lab import ledger as ledgers
from workbench.lab.account import account, stored
from workbench.lab.api import Connection
from workbench.lab.ledger import Acknowledged, Ledger
from workbench.lab.writer import Patience, Writer, writing

QUICK = Patience(deadline=0.3, pause=0.005)
LATE_SECONDS = 3.0


def written(cluster: FakeCluster, count: int, patience: Patience = QUICK) -> tuple[Writer, Ledger]:
    writer = Writer(cluster.access, Ledger(), pace=0.005, patience=patience)
    with writing(writer) as ledger:
        assert ledger.wait_for_more(count, seconds=5)
    return writer, writer.ledger


def test_a_confirmed_write_is_kept_with_its_identity_its_revision_and_its_time(cluster: FakeCluster) -> None:
    before = time.monotonic()
    _, ledger = written(cluster, 3)
    first, second, *_ = ledger.acknowledged
    assert first.uid
    assert first.revision is not None
    assert second.revision is not None
    assert first.revision < second.revision
    assert before < first.sent < first.at <= second.sent
    assert first.tries == 1


def test_writes_keep_their_pace_when_answers_are_quick(cluster: FakeCluster) -> None:
    writer = Writer(cluster.access, Ledger(), pace=0.05)
    with writing(writer) as ledger:
        time.sleep(0.5)
    assert 5 <= len(ledger.acknowledged) <= 11


def test_a_write_that_was_stored_without_an_answer_is_confirmed_by_exists_already(cluster: FakeCluster) -> None:
    cluster.servers[0].errors.cut_after = 1
    _, ledger = written(cluster, 5)
    first = ledger.acknowledged[0]
    assert (first.tries, first.uid, first.revision) == (2, None, None)
    assert ledger.failed[0].name == first.name
    assert ledger.failed[0].reason.startswith("answer: ")


def test_a_try_that_is_not_answered_in_time_is_entered_and_repeated(cluster: FakeCluster) -> None:
    writer = Writer(cluster.access, Ledger(), pace=0.005, patience=Patience(deadline=0.1, pause=0.005))
    with writing(writer) as ledger:
        assert ledger.wait_for_more(1, seconds=5)
        cluster.servers[0].errors.late = LATE_SECONDS
        assert _within(30, lambda: bool(ledger.failed))
        cluster.servers[0].errors.late = 0.0
        assert ledger.wait_for_more(5, seconds=5)
    assert "answer: timed out" in {failed.reason for failed in ledger.failed}
    # Earlier than the answer, however busy this computer is.
    assert all(failed.at - failed.sent < LATE_SECONDS for failed in ledger.failed)


def _within(seconds: float, happened: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while not happened() and time.monotonic() < end:
        time.sleep(0.01)
    return happened()


def test_an_error_of_the_server_is_entered_with_its_words_and_repeated(cluster: FakeCluster) -> None:
    cluster.servers[0].errors.unavailable = 2
    _, ledger = written(cluster, 3)
    assert [failed.reason for failed in ledger.failed] == ["HTTP 503: etcd has no leader"] * 2
    assert ledger.acknowledged[0].tries == 3


def test_a_client_without_patience_gives_a_write_up_and_goes_on_to_the_next(cluster: FakeCluster) -> None:
    cluster.servers[0].errors.cut_before = 1
    _, ledger = written(cluster, 3, Patience(deadline=0.3, give_up=0.0))
    (lost,) = ledger.failed
    assert lost.last
    assert lost.name not in {one.name for one in ledger.acknowledged}


def test_a_name_that_exists_before_it_was_sent_is_never_taken_for_a_confirmation(cluster: FakeCluster) -> None:
    writer = Writer(cluster.access, Ledger(), pace=0.005)

    class Full(dict[str, dict[str, object]]):
        def __contains__(self, key: object) -> bool:
            return True

    cluster.store.objects = Full()
    with writing(writer) as ledger:
        time.sleep(0.1)
    assert not ledger.acknowledged
    assert all(failed.last for failed in ledger.failed)


def test_what_was_on_its_way_at_the_end_is_entered_as_given_up(cluster: FakeCluster) -> None:
    writer = Writer(cluster.access, Ledger(), patience=Patience(deadline=0.1))
    writer.start()
    cluster.servers[0].errors.late = 1.0
    time.sleep(0.2)
    writer.stop()
    assert writer.ledger.failed[-1].last


def test_a_ledger_with_a_file_can_be_read_again_even_when_its_last_line_was_cut_off(
    cluster: FakeCluster, tmp_path: Path
) -> None:
    cluster.servers[0].errors.cut_before = 1
    path = tmp_path / "ledger.jsonl"
    with ledgers.kept(path) as ledger, writing(Writer(cluster.access, ledger, pace=0.005)):
        assert ledger.wait_for_more(3, seconds=5)
    with path.open("a") as file:
        file.write('{"kind": "Acknowl')
    again = ledgers.read(path)
    assert again.entries == ledger.entries
    assert isinstance(again.entries[-1], Acknowledged)


def test_every_object_is_listed_however_many_pages_it_takes(cluster: FakeCluster) -> None:
    writer, ledger = written(cluster, 5)
    for number in range(2500):
        cluster.store.create(f"{writer.objects}/more-{number:04d}", {"metadata": {"name": f"more-{number:04d}"}})
    found = stored(Connection(cluster.access), writer.objects)
    assert len(found) >= 2505
    assert account(ledger, found).balanced
