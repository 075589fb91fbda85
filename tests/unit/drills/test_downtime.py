from typing import Literal

from tests.live.drills.downtime import downtime, overlap
from tests.live.drills.gaps import Window
from tests.live.drills.reader import Reading

Verdict = Literal["fresh", "stale", "unready", "unanswered"]


def readings(*seen: tuple[float, Verdict]) -> tuple[Reading, ...]:
    return tuple(Reading(place="cp", at=at, verdict=verdict) for at, verdict in seen)


def test_a_place_is_down_from_its_first_bad_reading_to_its_next_good_one() -> None:
    seen = readings((1, "fresh"), (2, "unanswered"), (3, "unready"), (4, "fresh"), (5, "unready"), (6, "fresh"))
    assert downtime(seen) == (Window(begin=2, end=4), Window(begin=5, end=6))


def test_a_place_that_never_comes_back_is_down_to_its_last_reading() -> None:
    assert downtime(readings((1, "fresh"), (2, "unanswered"), (9, "unanswered"))) == (Window(begin=2, end=9),)


def test_two_places_that_are_down_one_after_the_other_do_not_overlap() -> None:
    first = readings((1, "unanswered"), (2, "fresh"), (9, "fresh"))
    second = readings((1, "fresh"), (2, "unanswered"), (3, "fresh"))
    assert overlap({"cp1": first, "cp2": second}) == ()


def test_two_places_that_are_down_together_are_named_with_for_how_long() -> None:
    first = readings((1, "unanswered"), (4, "fresh"))
    second = readings((2, "unready"), (3, "fresh"))
    third = readings((1, "fresh"), (4, "fresh"))
    assert overlap({"cp1": first, "cp2": second, "cp3": third}) == ("cp1 and cp2 for 1.00 s",)
