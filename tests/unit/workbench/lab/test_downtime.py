from typing import Literal

from workbench.lab.downtime import downtime, overlap
from workbench.lab.ledger import Window
from workbench.lab.reader import Reading

Seen = Literal["fresh", "unready", "refused", "late"]


def readings(*seen: tuple[float, Seen]) -> tuple[Reading, ...]:
    return tuple(reading(at, what) for at, what in seen)


def reading(at: float, what: Seen) -> Reading:
    match what:
        case "fresh" | "unready":
            return Reading(place="cp", at=at, verdict=what)
        case "refused":
            return Reading(place="cp", at=at, verdict="unanswered", seen="connect: [Errno 111] Connection refused")
        case "late":
            return Reading(place="cp", at=at, verdict="unanswered", seen="answer: timed out")


def test_a_place_is_down_from_its_first_refusal_to_its_next_sign_of_life() -> None:
    seen = readings((1, "fresh"), (2, "refused"), (3, "refused"), (4, "unready"), (5, "refused"), (6, "fresh"))
    assert downtime(seen) == (Window(begin=2, end=4), Window(begin=5, end=6))


def test_a_busy_place_whose_answers_are_late_is_not_down() -> None:
    assert downtime(readings((1, "fresh"), (2, "late"), (3, "unready"), (4, "fresh"))) == ()


def test_a_place_that_never_comes_back_is_down_to_its_last_reading() -> None:
    assert downtime(readings((1, "fresh"), (2, "refused"), (9, "refused"))) == (Window(begin=2, end=9),)


def test_two_places_that_are_down_one_after_the_other_do_not_overlap() -> None:
    first = readings((1, "refused"), (2, "fresh"), (9, "fresh"))
    second = readings((1, "fresh"), (2, "refused"), (3, "fresh"))
    assert overlap({"cp1": first, "cp2": second}) == ()


def test_two_places_that_are_down_together_are_named_with_for_how_long() -> None:
    first = readings((1, "refused"), (4, "fresh"))
    second = readings((2, "refused"), (3, "fresh"))
    third = readings((1, "fresh"), (4, "fresh"))
    assert overlap({"cp1": first, "cp2": second, "cp3": third}) == ("cp1 and cp2 for 1.00 s",)
