"""The emulated environment `dev` of this clone, for tests that need all of it."""

from collections.abc import Iterator

import pytest

from workbench.cloud.session import able
from workbench.lab.aws.environment import Environment
from workbench.lab.progress import Progress
from workbench.lab.recording import Recording
from workbench.setup.plugins import installed
from workbench.stand_ins.aws.binary import ABSENT

WHOLE_SECONDS = 120.0


@pytest.fixture(scope="session")
def environment(progress: Progress) -> Iterator[Environment]:
    """It serves. One that exists already is used and stays; any other is created, and its cloud is stopped at the end.

    Its backups are locked, unless it existed without.
    """
    if not able():
        pytest.skip("live: instances of the emulated AWS need Linux, root and the store of `make setup`")
    if not installed("aws").exists():
        pytest.skip(f"live: {ABSENT}")
    made = Environment(progress=progress)
    existed = made.exists
    try:
        if not existed:
            made.choose()
            made.set({"quorate:aws.backups": {"objectLockDays": 1}})
        made.up().good()
        made.site.wait_until_whole(seconds=WHOLE_SECONDS)
        yield made
    finally:
        if not existed:
            made.cloud.stop()


@pytest.fixture
def recording(request: pytest.FixtureRequest, environment: Environment) -> Recording:
    """Where a drill is written down; the environment is whole when it begins."""
    environment.site.wait_until_whole(seconds=WHOLE_SECONDS)
    return Recording(site=environment.site, run=request.param)
