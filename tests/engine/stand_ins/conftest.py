from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.stand_ins.workspace import Workspace, missing

Make = Callable[..., Workspace]


@pytest.fixture
def project(tmp_path: Path) -> Make:
    """Makes a project in a separate folder."""
    reason = missing()
    if reason:
        pytest.skip(reason)

    def make(program: str, *, project: str = "") -> Workspace:
        return Workspace(tmp_path, program, project=project)

    return make
