"""One emulated cloud for a clone: the commands of a session share the cloud and its stacks."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from workbench.cloud import artifacts, operator
from workbench.cloud.client_environment import emulated
from workbench.cloud.cloud import Cloud, CloudFailed
from workbench.cloud.folder import BUNDLE, HOSTS, PROJECT
from workbench.places import CLOUD, PRIVATE, PYTHON, ROOT
from workbench.progress import Failure
from workbench.setup import debian

VARIABLE = "QUORATE_EMULATED"  # the session's folder, for processes that a command starts


def begin(given: Mapping[str, str], folder: Path = CLOUD, *, boots: bool = False) -> dict[str, str]:
    """`given` for a command on the emulated cloud, which is started if it does not run. Raises `CloudFailed`.

    `boots`: see `Cloud`; the command and its child processes then find the cloud's endpoints by name.
    """
    if boots:
        try:
            debian.install(debian.CLOUD, required=True)
        except Failure as failure:
            raise CloudFailed(str(failure)) from failure
    cloud, state = Cloud(folder / "aws", boots=boots), folder / "state"
    if cloud.endpoint is None:
        # The stacks of a stopped cloud describe resources that no longer exist, so they and their settings are deleted.
        for place in (state, folder / PROJECT):
            shutil.rmtree(place, ignore_errors=True)
    endpoint = cloud.start()
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Never the state of a real environment: an emulated `dev` and the real one share only their settings.
    wanted = {**emulated(given, endpoint), "PULUMI_BACKEND_URL": state.as_uri(), VARIABLE: str(folder)}
    if not boots:
        return wanted
    # With the project's own Python, because the caller's may lack boto3 and moto.
    prepared = subprocess.run(
        [PYTHON, "-m", "workbench.cloud.preparation", endpoint, PRIVATE / "store"], cwd=ROOT, check=False
    )
    if prepared.returncode != 0:
        message = "the emulated cloud cannot boot instances: see above"
        raise CloudFailed(message)
    shutil.copyfile(PRIVATE / "store" / artifacts.MANIFEST, folder / artifacts.MANIFEST)
    operator.see(cloud.folder / HOSTS)
    bundle = str(cloud.folder / BUNDLE)
    return {**wanted, "AWS_CA_BUNDLE": bundle, "SSL_CERT_FILE": bundle}


def able() -> bool:
    """Whether instances can be machines of this computer."""
    return sys.platform == "linux" and os.geteuid() == 0 and (PRIVATE / "store").exists()
