"""A lock for one thread of one process; the kernel releases it when the holder dies, for any reason."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provider.local.machines.place import RUNTIME


@contextmanager
def held(name: str) -> Iterator[int]:
    """Hold the lock of one fleet or machine (`cp1.local`), waiting for its holder.

    The file descriptor may be handed to a child, and the lock is then held until both have closed it.
    """
    RUNTIME.mkdir(mode=0o755, parents=True, exist_ok=True)
    with locked(RUNTIME / f"{name}.lock") as handle:
        yield handle


@contextmanager
def locked(path: Path) -> Iterator[int]:
    """Hold the lock file at `path`, which exists only while a process holds it or waits for it."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if _is(handle, path):
            break
        # The previous holder removed the file while we waited: our lock is on a deleted file.
        os.close(handle)
    try:
        yield handle
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def _is(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
