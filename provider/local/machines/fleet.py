"""Records which project folder owns a fleet: machines belong to the host, and two clones must not share them."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provider.local.machines import link, record
from provider.local.machines.folder import remove
from provider.local.machines.lock import held
from provider.local.machines.place import PROJECT, STATE, fleet_folder
from provider.local.machines.unable import Unable


def owner(fleet: str) -> Path | None:
    """The project folder that owns the fleet, or None."""
    kept = record.read(fleet_folder(fleet) / "owner.json")
    return Path(str(kept["project"])) if kept is not None else None


@contextmanager
def claimed(fleet: str) -> Iterator[None]:
    """Hold the fleet's lock and own the fleet. Raises `Unable` if another project folder owns it.

    Files that the block creates in the fleet's folder keep the claim; see `release`.
    """
    with held(fleet):
        check_owner(fleet)
        if owner(fleet) is None:
            fleet_folder(fleet).mkdir(parents=True, exist_ok=True)
            record.write(fleet_folder(fleet) / "owner.json", {"project": str(PROJECT)})
        yield


def check_owner(fleet: str) -> None:
    """Refuse to change another project folder's fleet. Raises `Unable`."""
    by = owner(fleet)
    if by in {None, PROJECT}:
        return
    gone = "" if by is not None and by.is_dir() else " (a folder that is gone)"
    raise Unable(
        f"fleet {fleet} belongs to this project folder, {PROJECT}",
        got=f"it belongs to {by}{gone}",
        why="two stacks would change the same machines",
        fix="destroy the stack there, or choose another fleet, or remove all of it with "
        f"`python -m provider.local.machines destroy {fleet} --take`",
    )


def take(fleet: str) -> None:
    """Become the owner, even if another project owns the fleet."""
    with held(fleet):
        if owner(fleet) is not None:
            record.write(fleet_folder(fleet) / "owner.json", {"project": str(PROJECT)})


def release(fleet: str) -> None:
    """Release the fleet if it has neither machines nor a bridge."""
    with held(fleet):
        folder = fleet_folder(fleet)
        for left in folder.glob("gone-*"):
            remove(left)
        machines = folder / "machines"
        if (machines.is_dir() and any(machines.iterdir())) or link.marked(fleet) is not None:
            return
        if folder.is_dir():
            remove(folder)
        if STATE.is_dir() and not any(STATE.iterdir()):
            STATE.rmdir()


def discard(fleet: str, folder: Path) -> None:
    """Remove a folder of the fleet atomically: after an interruption it is complete, or only `release` sees it."""
    if folder.is_dir():
        folder.rename(fleet_folder(fleet) / f"gone-{uuid.uuid4().hex}")
    release(fleet)
