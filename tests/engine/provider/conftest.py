from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.provider.project import Project, missing
from tests.unit.provider.sshd import ABSENT, Sshd


@pytest.fixture
def project(tmp_path: Path) -> Project:
    if missing():
        pytest.skip(missing())
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder)


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    if ABSENT:
        pytest.skip(ABSENT)
    folder = tmp_path / "sshd"
    folder.mkdir()
    started = Sshd(folder)
    yield started
    started.stop()
