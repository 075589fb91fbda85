"""What the machines on this computer boot from and install from."""

import sys

from machines import image, store
from machines.unable import Unable
from offline.places import PRIVATE, programs
from offline.progress import Failure


def ensure_image() -> None:
    """The root file system that all machines share. Raises `Failure`."""
    try:
        image.ensure(_say)
    except Unable as unable:
        raise Failure(str(unable)) from unable


def ensure_store() -> None:
    """The artifact store of the built programs, linked into this clone. Raises `Failure`."""
    try:
        built = store.build(programs().resolve(), _say)
    except Unable as unable:
        raise Failure(str(unable)) from unable
    new = PRIVATE / ".store.new"
    new.unlink(missing_ok=True)
    new.symlink_to(built)
    new.replace(PRIVATE / "store")


def _say(text: str) -> None:
    sys.stderr.write(f"  {text}\n")
