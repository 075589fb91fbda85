import pytest

from workbench.lab.lock_holders import holders


def shown(*events: str) -> str:
    lines = (
        f" ~  quorate:hosts:Node {event.replace(' ', ' updating (3s) [diff: ~files]; cluster lock ')}"
        for event in events
    )
    return "\n@ updating....\n".join(lines)


def test_nodes_that_hold_the_lock_one_after_the_other_are_listed_in_that_order() -> None:
    assert holders(shown("cp3 held", "cp3 released", "cp1 held: cp1 may change this cluster", "cp1 released")) == [
        "cp3",
        "cp1",
    ]


def test_two_nodes_that_hold_the_lock_at_once_are_noticed() -> None:
    with pytest.raises(AssertionError, match="cp1 held the cluster's lock while cp3 also held it"):
        holders(shown("cp3 held", "cp1 held", "cp3 released"))


def test_a_line_that_the_cli_repeats_is_no_second_holding() -> None:
    assert holders(shown("cp3 held", "cp3 held", "cp3 released", "cp3 released")) == ["cp3"]
