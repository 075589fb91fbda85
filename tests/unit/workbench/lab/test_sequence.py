import pytest

from workbench.lab.sequence import MENU, as_json, from_json, sequence


def test_a_seed_brings_the_same_faults_back_and_another_one_brings_others() -> None:
    assert sequence(7, 100) == sequence(7, 100)
    assert sequence(7, 100) != sequence(8, 100)


def test_a_hundred_faults_have_every_kind_on_the_menu() -> None:
    assert set(sequence(7, 100)) == {fault for fault, _ in MENU}
    assert len(sequence(7, 100)) == 100
    assert len(sequence(7, 5)) == 5


def test_a_recorded_sequence_can_be_replayed() -> None:
    drawn = sequence(7, 20)
    assert from_json(as_json(drawn)) == drawn


def test_a_fault_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="earthquake"):
        from_json('[{"what": "earthquake", "where": "cp1"}]')
