"""One emulated cloud for a clone: the commands of a session see the same cloud, and the stacks that are in it."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from workbench.cloud.client_environment import emulated
from workbench.cloud.cloud import Cloud
from workbench.places import CLOUD

VARIABLE = "QUORATE_EMULATED"  # the session's folder, for what a command starts


def begin(given: Mapping[str, str], folder: Path = CLOUD) -> dict[str, str]:
    """`given` for a command on the emulated cloud, which is started if it does not run. Raises `CloudFailed`."""
    cloud, state = Cloud(folder / "aws"), folder / "state"
    if cloud.endpoint is None:
        # The stacks of a cloud that has ended describe nothing any more, and would be updated into the void.
        shutil.rmtree(state, ignore_errors=True)
    endpoint = cloud.start()
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Never the state of a real environment: an emulated `dev` and the real one share nothing but their settings.
    return {**emulated(given, endpoint), "PULUMI_BACKEND_URL": state.as_uri(), VARIABLE: str(folder)}
