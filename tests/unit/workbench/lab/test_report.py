import json
from pathlib import Path

from tests.unit.workbench.lab.runs import ACCOUNT, made
from workbench.lab import record as records
from workbench.lab.publish import worst
from workbench.lab.report import report
from workbench.lab.summary import Published, merged, summaries

RUNS = [made(1, gap=0.3), made(2, gap=0.7), made(3, gap=0.5)]


def test_a_record_that_was_written_is_read_back_as_it_was(tmp_path: Path) -> None:
    for one in reversed(RUNS):
        one.write(tmp_path)
    assert records.read(tmp_path) == RUNS


def test_runs_of_one_drill_become_one_row_with_their_distribution() -> None:
    (one,) = summaries(RUNS)
    (gap,) = one.figures
    assert (one.runs, gap.values, gap.middle, gap.kept) == (3, [0.3, 0.7, 0.5], 0.5, False)
    assert (one.acknowledged, one.without_retry, one.reads) == (300, 6, 510)
    shown = report(Published(drills=[one]), "drills")
    assert "| 0.50 s | 0.30 to 0.70 | 0.6 s: **not kept** | 0.2 s (RestartSec) | 2.50 |" in shown


def test_a_lost_write_and_a_run_that_failed_are_in_the_report() -> None:
    bad = made(1, account={**ACCOUNT, "missing": 1, "disordered": 2}, stale=3, broken="AssertionError: 1 missing: w7")
    shown = report(Published(drills=summaries([bad])), "drills")
    assert "of 100 confirmed writes 3 lost, changed or out of order; of 170 reads 3 stale" in shown
    assert "run 1: AssertionError: 1 missing: w7" in shown


def test_a_drill_that_ran_again_replaces_its_row_and_leaves_the_others() -> None:
    before = Published(drills=summaries([made(1, drill="a"), made(1, drill="b")]))
    after = merged(before, summaries([made(1, drill="b", gap=0.1)]))
    assert [(one.drill, one.figures[0].values) for one in after.drills] == [("a", [0.5]), ("b", [0.1])]


def test_the_published_picture_is_of_the_worst_run() -> None:
    assert [one.run for one in worst(RUNS)] == [2]


def test_what_is_published_is_plain_json() -> None:
    text = Published(drills=summaries(RUNS)).model_dump_json()
    assert json.loads(text)["drills"][0]["figures"][0]["limit"] == 0.6
