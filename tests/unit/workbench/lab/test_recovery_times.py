import ast
from pathlib import Path

from docs.recovery_times import LOSSES, recovery_times
from tests.unit.workbench.lab.runs import made
from workbench.lab.summary import Published, summaries

ROOT = Path(__file__).resolve().parents[4]
LIVE, LAB = ROOT / "tests" / "live", ROOT / "workbench" / "lab"


def test_times_of_recovery_are_those_of_the_recorded_drills() -> None:
    runs = [made(1, gap=0.3), made(2, gap=0.7), made(3, gap=0.5)]
    shown = recovery_times(Published(drills=summaries(runs)))
    assert "| a balancer | nothing | 0.5 s (0.7), 3 runs |" in shown
    assert shown.count("not recorded yet") == len(LOSSES) - 1


def test_every_loss_names_a_drill_and_a_figure_that_exist() -> None:
    trees = [ast.parse(path.read_text()) for path in [*LIVE.rglob("test_drill_*.py"), LAB / "outlive.py"]]
    texts = {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for _, _, drill, figure in LOSSES:
        assert {drill, figure} <= texts
