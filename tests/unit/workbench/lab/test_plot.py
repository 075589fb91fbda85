from xml.etree import ElementTree as ET

from tests.unit.workbench.lab.runs import made
from workbench.lab.plot import BAD, svg

SVG = "{http://www.w3.org/2000/svg}"


def test_a_picture_is_well_formed_and_says_what_happened_when() -> None:
    root = ET.fromstring(svg(made()))  # noqa: S314  our own text
    words = [element.text for element in root.iter(f"{SVG}text")]
    assert "HAProxy killed <on purpose>" in words
    assert "1 2.0 s: kill-program haproxy: cp1" in words
    assert {"cp1", "endpoint"} <= set(words)


def test_the_time_in_which_a_place_was_not_there_is_red_and_as_wide_as_it_was_long() -> None:
    root = ET.fromstring(svg(made()))  # noqa: S314  our own text
    rects = list(root.iter(f"{SVG}rect"))
    (absence,) = [rect for rect in rects if rect.get("fill") == BAD]
    lane = max(float(rect.get("width", 0)) for rect in rects if rect.get("x"))
    assert abs(float(absence.get("width", 0)) / lane - 0.6 / 10.0) < 0.001


def test_a_drill_of_no_length_and_without_writes_still_has_a_picture() -> None:
    ET.fromstring(svg(made(seconds=0.0, latencies=[], failures=[], clients={}, marks=[])))  # noqa: S314
