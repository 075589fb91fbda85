"""What the machines on this computer boot from and install from."""

import sys

from provider.local.machines import image, store
from provider.local.machines.unable import Unable
from workbench.places import PRIVATE, cache, programs
from workbench.progress import Failure


def ensure_image() -> None:
    """The root file system that all machines share. Raises `Failure`."""
    try:
        image.ensure(_say)
    except Unable as unable:
        raise Failure(str(unable)) from unable


def ensure_store() -> None:
    """The artifact store of the built programs, linked into this clone. Raises `Failure`."""
    # One folder that is brought up to date in place: running machines see it, under a path that never changes.
    folder = cache() / "store"
    try:
        store.build(programs().resolve(), folder, image.path(), _say)
    except Unable as unable:
        raise Failure(str(unable)) from unable
    new = PRIVATE / ".store.new"
    new.unlink(missing_ok=True)
    new.symlink_to(folder)
    new.replace(PRIVATE / "store")


def _say(text: str) -> None:
    sys.stderr.write(f"  {text}\n")
