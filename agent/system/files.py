"""Writes files on this machine durably and atomically, and keys together with their certificates."""

import contextlib
import hashlib
import os
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path

from agent.model.wanted import WantedFile


def digest(path: Path) -> str | None:
    """SHA-256 of a regular file in lower-case hex; None without one."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def make_directory(path: Path, *, mode: int = 0o755) -> None:
    """Make a directory and its parents; an existing one keeps its mode."""
    if path.is_dir():
        return
    make_directory(path.parent)
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=mode)
        path.chmod(mode)


def sync_directory(path: Path) -> None:
    """Make renames in a directory survive a power cut."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _draft(path: Path, content: bytes, mode: int) -> Path:
    make_directory(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.quorate")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        os.fchmod(handle, mode)
        file.flush()
        os.fsync(handle)
    return draft


def install(path: Path, content: bytes, *, mode: int) -> None:
    """Write one file: a power cut leaves either the old content or the new."""
    _draft(path, content, mode).replace(path)
    sync_directory(path.parent)


def install_all(files: Sequence[tuple[Path, bytes, int]]) -> None:
    """Write several files that belong together: all drafts first, then all renames, keys before certificates."""
    drafts = [(_draft(path, content, mode), path) for path, content, mode in files]
    for draft, path in sorted(drafts, key=lambda pair: (pair[1].suffix != ".key", str(pair[1]))):
        draft.replace(path)
    for directory in {path.parent for path, _, _ in files}:
        sync_directory(directory)


def sweep_drafts(path: Path) -> None:
    """Remove leftovers of an interrupted run for this file; other steps may be writing beside it."""
    for draft in path.parent.glob(f".{path.name}.*.quorate"):
        draft.unlink(missing_ok=True)


def deviation(path: Path, wanted: WantedFile) -> tuple[str, str] | None:
    """Describes (wanted, found) if a file is not as planned, or None. Contents are never shown."""
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return "a file", "nothing"
    if not stat.S_ISREG(status.st_mode):
        return "a regular file", "something else"
    if (found := digest(path)) != wanted.sha256:
        return ("other content", "content differs") if wanted.secret else (wanted.sha256[:12], (found or "")[:12])
    if (mode := stat.S_IMODE(status.st_mode)) != wanted.mode:
        return f"mode {wanted.mode:04o}", f"mode {mode:04o}"
    if status.st_uid != os.geteuid():
        return f"owner {os.geteuid()}", f"owner {status.st_uid}"
    return None
