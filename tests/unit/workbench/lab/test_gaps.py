import pytest

from workbench.lab.gaps import longest_gap, service
from workbench.lab.ledger import Acknowledged, Entry, Failed, Ledger, Window


def ledger(*entries: Entry) -> Ledger:
    made = Ledger()
    for entry in entries:
        made.append(entry)
    return made


def confirmed(at: float, *, name: str = "", sent: float | None = None, tries: int = 1) -> Acknowledged:
    begun = at - 0.01 if sent is None else sent
    return Acknowledged(name=name or f"w{at}", value="", uid="u", revision=1, sent=begun, at=at, tries=tries)


def failed(name: str, *, sent: float, at: float, reason: str = "connect: refused", last: bool = False) -> Failed:
    return Failed(name=name, value="", sent=sent, at=at, reason=reason, last=last)


def test_the_longest_gap_is_between_two_confirmations_that_follow_each_other() -> None:
    made = ledger(*(confirmed(at) for at in (1.0, 1.1, 3.4, 3.5, 4.0)))
    assert longest_gap(made, Window(begin=1, end=4)) == pytest.approx(2.3)


def test_a_gap_that_began_before_the_window_counts_from_its_begin() -> None:
    assert longest_gap(ledger(confirmed(1.0), confirmed(4.0)), Window(begin=3, end=4)) == pytest.approx(3.0)


def test_a_gap_that_ends_after_the_window_counts_to_its_end() -> None:
    assert longest_gap(ledger(confirmed(1.0), confirmed(4.0)), Window(begin=1, end=2)) == pytest.approx(3.0)


def test_service_that_never_comes_back_is_a_gap_up_to_the_end_of_the_window() -> None:
    assert longest_gap(ledger(confirmed(1.0), confirmed(1.1)), Window(begin=1, end=60)) == pytest.approx(58.9)


def test_no_confirmation_at_all_is_a_gap_as_long_as_the_window() -> None:
    assert longest_gap(ledger(), Window(begin=10, end=12)) == pytest.approx(2)


def test_a_write_that_a_retry_cures_fails_only_clients_without_one() -> None:
    made = ledger(
        failed("a", sent=1.0, at=2.0), failed("a", sent=2.0, at=3.0), confirmed(3.2, name="a", sent=1.0, tries=3)
    )
    seen = service(made, Window(begin=0, end=10))
    assert seen.failed_once == ("a",)
    assert seen.failed_for_good == ()
    assert seen.reasons == {"connect: refused": 2}


def test_a_write_that_five_seconds_of_retries_do_not_cure_fails_for_good() -> None:
    made = ledger(failed("a", sent=1.0, at=2.0), confirmed(7.1, name="a", sent=1.0, tries=2))
    assert service(made, Window(begin=0, end=10)).failed_for_good == ("a",)


def test_a_write_that_was_given_up_fails_for_good() -> None:
    made = ledger(failed("a", sent=1.0, at=2.0, last=True), confirmed(2.5))
    assert service(made, Window(begin=0, end=10)).failed_for_good == ("a",)


def test_failures_outside_the_window_are_of_another_fault() -> None:
    made = ledger(failed("a", sent=1.0, at=2.0), confirmed(2.5, name="a", sent=1.0), confirmed(20))
    seen = service(made, Window(begin=10, end=30))
    assert seen.failed_once == ()
    assert seen.acknowledged == 1


def test_latency_counts_from_the_first_try() -> None:
    made = ledger(confirmed(1.2, sent=1.0), confirmed(2.1, sent=2.0), confirmed(5.0, sent=3.0, tries=2))
    seen = service(made, Window(begin=0, end=10))
    assert seen.median_latency == pytest.approx(0.2)
    assert seen.slowest == pytest.approx(2.0)


def test_what_a_restore_has_taken_back_is_not_accounted_for() -> None:
    whole = ledger(confirmed(1.0), confirmed(2.0), failed("w4.0", sent=2.5, at=3.0), confirmed(4.0, tries=2))
    assert [one.name for one in whole.without(Window(begin=1.5, end=3.5)).entries] == ["w1.0", "w4.0"]
    assert whole.without(None).entries == whole.entries
