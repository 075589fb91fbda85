"""The house: nine rooms, imports that only point down, and no circle (docs/architecture.md)."""

from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from statistics import median

import pytest

from docs.house import ALLOWED, ROOT, imports, room, sources

LONGEST_MODULE, LONGEST_MEDIAN = 220, 80  # lines


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("name", ALLOWED)
def test_a_room_imports_only_what_is_below_it(name: str) -> None:
    upward = [
        f"{module} imports {other}"
        for module, imported in imports().items()
        if room(module) == name
        for other in sorted(imported)
        if room(other) != name and room(other) not in ALLOWED[name]
    ]
    assert not upward


def test_no_modules_import_each_other_in_a_circle() -> None:
    try:
        TopologicalSorter(imports()).prepare()
    except CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))


def test_a_module_is_short_enough_to_read_at_once() -> None:
    counted = {name: _lines(path) for name, path in sources() if not path.name.endswith("_pb2.py")}
    assert {name: lines for name, lines in counted.items() if lines > LONGEST_MODULE} == {}
    assert median(counted.values()) < LONGEST_MEDIAN


def test_the_top_level_reads_as_a_table_of_contents() -> None:
    rooms = {path.name for path in ROOT.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    assert rooms == {*ALLOWED, "docs", "tests"} - {"__main__"}
