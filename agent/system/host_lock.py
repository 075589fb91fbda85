"""One agent at a time on this machine."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from agent.model.events import Events
from agent.model.failure import Failed
from agent.system.files import make_directory
from agent.system.host import Host

LOCK = "/run/quorate-agent.lock"


@contextmanager
def host_lock(host: Host, events: Events, *, patience: float) -> Iterator[None]:
    """Wait up to `patience` seconds for another agent of this machine, such as one whose ssh connection broke.

    The kernel releases the lock when its holder exits for any reason. Raises Failed.
    """
    path = host.path(LOCK)
    make_directory(path.parent)
    deadline = time.monotonic() + patience
    said = False
    with path.open("a+") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                file.seek(0)
                holder = file.read().strip() or "unknown"
                if time.monotonic() > deadline:
                    raise Failed(
                        f"another agent (process {holder}) is still running on this machine after {patience:.0f} s"
                    ) from None
                if not said:
                    events.lock("waiting", f"another agent (process {holder}) is running on this machine")
                    said = True
                time.sleep(0.2)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
