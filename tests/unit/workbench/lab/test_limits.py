"""The exit status of `make drills` is about the drills that ran, not about rows of earlier runs."""

from tests.unit.workbench.lab.runs import made
from workbench.lab.__main__ import exceeded
from workbench.lab.figure import Figure
from workbench.lab.summary import Published, summaries


def test_a_limit_that_an_earlier_drill_exceeded_does_not_fail_a_selection_without_it() -> None:
    late = made(1, gap=0.5).model_copy(update={"figures": [Figure(name="longest gap", value=2.0, limit=1.0)]})
    published = Published(drills=summaries([late]))
    assert exceeded(published, set()) == []
    (line,) = exceeded(published, {late.drill})
    assert "longest gap 2.00 s, at most 1 is accepted" in line
