from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.agent.place import Place


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A machine with nothing on it."""
    made = Place(tmp_path)
    yield made
    made.end()
