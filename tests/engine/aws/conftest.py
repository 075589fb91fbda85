from collections.abc import Iterator

import pytest

from workbench.cloud.cloud import Cloud
from workbench.cloud.project import missing


@pytest.fixture(scope="module")  # what one file leaves behind is no business of another
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    reason = missing()
    if reason:
        pytest.skip(reason)
    started = Cloud(tmp_path_factory.mktemp("cloud"))
    started.start()
    yield started
    started.stop()
