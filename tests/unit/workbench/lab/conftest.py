from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.workbench.lab.api_server import FakeCluster, fake_cluster


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[FakeCluster]:
    with fake_cluster(tmp_path) as made:
        yield made
