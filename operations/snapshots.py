"""Snapshots on this computer, each verified against its description."""

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
    """A file that matches its description."""

    path: Path
    about: Description


def folder(stack: str) -> Path:
    """The default folder of `backup`."""
    return PROJECT / ".quorate" / "backups" / stack


def load(path: Path) -> Snapshot:
    """Verify a snapshot. Raises `OperationFailed` if it has no description, or another size or content."""
    beside = path.with_suffix(".json")
    try:
        about = description.read(beside.read_bytes(), at=str(beside))
        size = path.stat().st_size
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as missing:
        raise OperationFailed(
            f"{missing.filename} is missing; restoring a snapshot requires the description that was written with "
            "it, because only the description identifies its cluster"
        ) from None
    except (Malformed, OSError) as error:
        raise OperationFailed(f"the snapshot cannot be read: {error}") from None
    if size != about.size:
        raise OperationFailed(f"{path} is truncated: {size} bytes, but its description says {about.size}")
    if sha256 != about.sha256:
        raise OperationFailed(
            f"{path} is corrupt: its SHA-256 is {sha256[:16]}..., but its description has another one"
        )
    return Snapshot(path=path, about=about)


def receive(to: Path, fetch: Callable[[IO[bytes]], Answer]) -> Snapshot:
    """Save what a node sends, named by the time and revision in its description. Raises `OperationFailed`."""
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _draft(to) as (draft, file):
        answer = fetch(file)
        file.flush()
        os.fsync(file.fileno())
        try:
            about = description.read(answer.values["about"].text(), at="the snapshot's description")
        except Malformed as error:
            raise OperationFailed(f"the node's response cannot be read: {error}") from None
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
    """List the snapshots in a folder, newest first, without reading their content."""
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
