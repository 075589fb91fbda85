from dataclasses import replace

import pytest

from tests.unit.workbench.lab.api_server import FakeCluster
from workbench.lab.account import Stored, account, stored
from workbench.lab.api import Connection
from workbench.lab.ledger import Acknowledged, Failed, Ledger
from workbench.lab.writer import Writer, writing

WRITES = tuple(
    Acknowledged(name=f"w{n}", value=str(n), uid=f"u{n}", revision=100 + n, sent=n, at=n + 0.5, tries=1)
    for n in range(1, 5)
)
STORED = tuple(Stored(name=one.name, value=one.value, uid=one.uid or "", revision=one.revision or 0) for one in WRITES)


@pytest.fixture
def ledger() -> Ledger:
    made = Ledger()
    for write in WRITES:
        made.append(write)
    return made


def test_a_ledger_whose_writes_are_all_there_balances(ledger: Ledger) -> None:
    made = account(ledger, STORED)
    assert made.balanced
    assert made.acknowledged == 4
    assert str(made) == "4 confirmed writes: all present, unchanged and in order"


def test_a_confirmed_write_that_is_not_there_is_missing(ledger: Ledger) -> None:
    made = account(ledger, STORED[:-1])
    assert made.missing == ("w4",)
    assert not made.balanced
    assert "1 missing: w4" in str(made)


def test_a_changed_value_is_noticed(ledger: Ledger) -> None:
    made = account(ledger, (replace(STORED[0], value="2"), *STORED[1:]))
    assert made.wrong == ("w1",)
    assert not made.balanced


def test_a_write_that_was_lost_and_made_again_is_noticed_by_its_identity(ledger: Ledger) -> None:
    made = account(ledger, (replace(STORED[0], uid="another"), *STORED[1:]))
    assert made.replaced == ("w1",)
    assert not made.balanced


def test_objects_that_were_all_stored_once_more_may_have_other_revisions_but_no_other_identity(ledger: Ledger) -> None:
    again = tuple(replace(one, revision=900 - number) for number, one in enumerate(STORED))
    assert not account(ledger, again).balanced
    assert account(ledger, again, rewritten=True).balanced
    assert account(ledger, (replace(again[0], uid="another"), *again[1:]), rewritten=True).replaced == ("w1",)
    assert account(ledger, again[1:], rewritten=True).missing == ("w1",)


def test_a_later_write_with_an_older_revision_is_out_of_order(ledger: Ledger) -> None:
    swapped = (STORED[0], replace(STORED[1], revision=103), replace(STORED[2], revision=102), STORED[3])
    made = account(ledger, swapped)
    assert made.disordered == ("w3",)
    assert not made.balanced


def test_writes_that_overlap_in_time_may_have_either_order() -> None:
    ledger = Ledger()
    ledger.append(replace(WRITES[0], revision=102))
    ledger.append(replace(WRITES[1], revision=101, sent=WRITES[0].sent))
    found = (replace(STORED[0], revision=102), replace(STORED[1], revision=101))
    assert account(ledger, found).balanced


def test_a_write_that_was_confirmed_twice_is_noticed(ledger: Ledger) -> None:
    ledger.append(replace(WRITES[3], sent=9, at=9.5))
    assert account(ledger, STORED).duplicates == ("w4",)


def test_an_object_that_is_listed_twice_is_noticed(ledger: Ledger) -> None:
    assert account(ledger, (*STORED, STORED[0])).duplicates == ("w1",)


def test_a_write_that_was_stored_without_a_confirmation_is_counted_and_allowed(ledger: Ledger) -> None:
    ledger.append(Failed(name="w5", value="5", sent=5, at=6, reason="answer: timed out", last=True))
    made = account(ledger, (*STORED, Stored(name="w5", value="5", uid="u5", revision=105)))
    assert made.unconfirmed == ("w5",)
    assert made.balanced


def test_objects_of_others_are_left_out(ledger: Ledger) -> None:
    assert account(ledger, (*STORED, Stored(name="kube-root-ca.crt", value="", uid="x", revision=1))).balanced


def test_a_server_that_forgets_what_it_confirmed_is_found_out(cluster: FakeCluster) -> None:
    writer = Writer(cluster.access, Ledger(), pace=0.005)
    with writing(writer) as ledger:
        assert ledger.wait_for_more(3, seconds=5)
        cluster.servers[0].errors.forgotten = 2
        assert ledger.wait_for_more(10, seconds=5)
    made = account(ledger, stored(Connection(cluster.access), writer.objects))
    assert len(made.missing) == 2
