"""The image and the artifact store of the machines on this computer."""

import os
import subprocess
import sys

from provider.local.machines import image
from provider.local.machines.unable import Unable
from workbench.places import PRIVATE, PYTHON, ROOT, cache
from workbench.programs.architecture import native
from workbench.progress import Failure


def ensure_image() -> None:
    """The root file system that all machines share. Raises `Failure`."""
    try:
        image.ensure(_say)
    except Unable as unable:
        raise Failure(str(unable)) from unable


def ensure_store() -> None:
    """The artifact store of the built programs, linked into this clone. Raises `Failure`."""
    # One folder that is updated in place: running machines see it, under a path that never changes.
    folder = cache() / "stores" / (native() or os.uname().machine)
    # In the project's environment, unlike set-up itself, because the list of packages comes from the plan.
    done = subprocess.run([PYTHON, "-m", "workbench.store", "--into", folder], cwd=ROOT, check=False)
    if done.returncode != 0:
        message = "the artifact store was not built"
        raise Failure(message)
    new = PRIVATE / ".store.new"
    new.unlink(missing_ok=True)
    new.symlink_to(folder)
    new.replace(PRIVATE / "store")


def _say(text: str) -> None:
    sys.stderr.write(f"  {text}\n")
