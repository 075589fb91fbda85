"""Snapshots in a folder of this machine, which may be a mount: how many are kept, and the program that copies them."""

import time
from dataclasses import dataclass
from pathlib import Path

from agent.model.events import Events
from agent.model.failure import Failed
from agent.model.json_reading import Json, Malformed, parse
from agent.snapshots import description
from agent.snapshots.description import Description
from agent.snapshots.taking import take
from agent.system.commands import CommandFailed
from agent.system.files import install, sync_directory
from agent.system.host import Host
from agent.system.memory import Memory

STEP = "backup"
SEND_SECONDS = 3600.0
DRAFT = ".draft"
# Stored on the mounted storage: without the mount, this file is missing and a snapshot would fill the machine's own
# disk.
MARK = ".quorate-backups"
UPLOADED = "snapshots"  # in this node's state: the newest one that was added to a bucket


@dataclass(frozen=True, kw_only=True)
class Store:
    """`keep`: how many snapshots are kept; `send`: a program and its first arguments; the two files follow."""

    directory: str
    keep: int
    send: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A snapshot with its description."""

    path: Path
    about: Description


def store(host: Host) -> Store | None:
    """The folder from the settings; None if this node keeps no snapshots in a folder. Raises Malformed, OSError."""
    backups = parse((Memory(host).wanted / "node.json").read_bytes(), at="node.json")["backups"]
    return _store(backups) if backups["directory"].present else None


def newest(host: Host) -> Kept | None:
    """The newest snapshot that this node has: in its folder, or a copy of what is in the bucket. Raises Malformed."""
    to = store(host)
    found = kept(host.path(to.directory) if to else host.state(UPLOADED))
    return found[0] if found else None


def directory(wanted: Path) -> str | None:
    """The folder that the files in `wanted` name, or None."""
    try:
        backups = parse((wanted / "node.json").read_bytes(), at="node.json")["backups"]
    except OSError:
        return None
    return backups["directory"].text() if backups.present and backups["directory"].present else None


def _store(value: Json) -> Store:
    return Store(
        directory=value["directory"].text(),
        keep=value["keep"].number(),
        send=tuple(word.text() for word in value["send"].items()),
    )


def back_up(host: Host, events: Events) -> str:
    """Take, check, store and send a snapshot, and remove the oldest; returns a summary.

    Raises Failed, Malformed, OSError.
    """
    to = store(host)
    if to is None:
        raise Failed("the settings of this node name no folder for backups (`backups.directory`)")
    folder = host.path(to.directory)
    if not (folder / MARK).exists():
        raise Failed(lost_mark(to.directory))
    for left in folder.glob(f"*{DRAFT}"):
        left.unlink()
    name = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    draft, final, beside = folder / f"{name}{DRAFT}", folder / f"{name}.db", folder / f"{name}.json"
    try:
        events.step(STEP, "applying", "taking a snapshot")
        about = take(host, draft)
        # The description is written first, so every file with the name of a snapshot is complete and described.
        install(beside, about.text().encode(), mode=0o600)
        draft.replace(final)
        sync_directory(folder)
    finally:
        draft.unlink(missing_ok=True)
    if to.send:
        events.step(STEP, "applying", f"sending it: {to.send[0]}")
        _send(host, to.send, final, beside)
    for old in kept(folder)[to.keep :]:
        for path in (old.path, old.path.with_suffix(".json")):
            path.unlink(missing_ok=True)
    return f"{to.directory}/{final.name}: {about}"


def lost_mark(directory: str) -> str:
    """The message about a folder without its mark, which is not used."""
    return (
        f"{directory} has no mark {MARK}: the mount is missing, or different storage is mounted. "
        "Mount it again; if the storage "
        f"was replaced on purpose, run `touch {directory}/{MARK}` on the node"
    )


def kept(folder: Path) -> list[Kept]:
    """Every described snapshot in the folder, newest first."""
    found = []
    for path in sorted(folder.glob("*.db"), reverse=True):
        try:
            about = description.read(path.with_suffix(".json").read_bytes(), at=path.name)
        except (OSError, Malformed):
            continue  # not a snapshot of this agent: neither listed nor removed
        found.append(Kept(path=path, about=about))
    return found


def _send(host: Host, send: tuple[str, ...], *files: Path) -> None:
    try:
        host.commands.run(*send, *map(str, files), timeout=SEND_SECONDS)
    except CommandFailed as error:
        raise Failed(f"{files[0]} is kept here, but could not be sent: {error}") from error
