"""Reads files of the operator's disk that settings name: up to a size limit, and never from a pipe."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path


class UnreadableFile(Exception):
    """The file cannot be read; the text gives the reason and completes "the file is ..."."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """A regular file: its path, permission bits and content."""

    path: Path
    mode: int
    content: bytes


def resolved(text: str, directory: Path) -> Path:
    """The file's full path: relative paths start at `directory`, and `~` is the home directory.

    Raises `UnreadableFile`.
    """
    try:
        return directory / Path(text).expanduser()
    except RuntimeError:
        raise UnreadableFile("in a home directory that does not exist") from None


def read_file(text: str, directory: Path, *, largest: int) -> Read:
    """The file at a path as users write it, at most `largest` bytes. Raises `UnreadableFile`."""
    path = resolved(text, directory)
    try:
        # Opening a pipe for reading would wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableFile("a folder" if stat.S_ISDIR(status.st_mode) else "no regular file")
            with open(descriptor, "rb", closefd=False) as file:
                content = file.read(largest + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise UnreadableFile(f"unreadable ({error.strerror})") from None
    except ValueError:
        raise UnreadableFile("unreadable (its path has a character that no file name can have)") from None
    if len(content) > largest:
        raise UnreadableFile(f"larger than {largest // 2**20} MiB")
    return Read(path=path, mode=stat.S_IMODE(status.st_mode), content=content)
