"""Snapshots on this computer: whole, and with what is known of them."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from agent.model.json_reading import Malformed
from agent.snapshots import description
from agent.snapshots.description import Description
from operations.agent import Answer
from operations.environment import PROJECT, OperationFailed


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A file that was found to be what its description says."""

    path: Path
    about: Description


def folder(stack: str) -> Path:
    """Where `backup` puts them unless it is told otherwise."""
    return PROJECT / ".quorate" / "backups" / stack


def load(path: Path) -> Snapshot:
    """Raises `OperationFailed`: no description, another size or content than it says."""
    beside = path.with_suffix(".json")
    try:
        about = description.read(beside.read_bytes(), at=str(beside))
        size = path.stat().st_size
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as missing:
        raise OperationFailed(
            f"{missing.filename} is not there; a snapshot is restored together with the description that was made with "
            "it, because nothing else says whose it is"
        ) from None
    except (Malformed, OSError) as error:
        raise OperationFailed(f"the snapshot cannot be read: {error}") from None
    if size != about.size:
        raise OperationFailed(f"{path} is truncated: {size} bytes, and its description says {about.size}")
    if sha256 != about.sha256:
        raise OperationFailed(f"{path} is corrupt: its SHA-256 is {sha256[:16]}..., its description says another one")
    return Snapshot(path=path, about=about)


def receive(to: Path, fetch: Callable[[IO[bytes]], Answer]) -> Snapshot:
    """Keep what a node sends, under the time and revision of its description. Raises `OperationFailed`."""
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _draft(to) as (draft, file):
        answer = fetch(file)
        file.flush()
        os.fsync(file.fileno())
        try:
            about = description.read(answer.values["about"].text(), at="the snapshot's description")
        except Malformed as error:
            raise OperationFailed(f"the node's answer cannot be read: {error}") from None
        stamp = about.at.replace("-", "").replace(":", "").replace("+0000", "Z")
        final = to / f"{stamp}-{about.node}.db"
        description_file = final.with_suffix(".json")
        description_file.write_text(about.text())
        draft.replace(final)
    try:
        return load(final)
    except OperationFailed:
        final.unlink()
        description_file.unlink()
        raise


def kept(at: Path) -> list[Snapshot]:
    """Those in a folder, the newest first; the content is not looked at."""
    found = []
    for path in at.glob("*.db"):
        try:
            about = description.read(path.with_suffix(".json").read_bytes(), at=path.name)
        except (OSError, Malformed):
            continue
        found.append(Snapshot(path=path, about=about))
    return sorted(found, key=lambda one: one.about.at, reverse=True)


@contextmanager
def _draft(to: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    handle, name = tempfile.mkstemp(dir=to, prefix=".draft-")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield draft, file
    finally:
        draft.unlink(missing_ok=True)
