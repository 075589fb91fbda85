"""Checks ports that a program is about to need, and reports other processes that use them, before any change."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from agent.model.failure import Failed

LISTENING = "0A"  # the state column of /proc/net/tcp (Linux: include/net/tcp_states.h)


def require_free(*ports: int, root: Path = Path("/")) -> None:
    """Raises Failed naming each port that is in use, and the process that listens there."""
    holders = {port: holder for port in ports if (holder := _holder(port, root)) is not None}
    if holders:
        held = "; ".join(f"port {port} is in use by {holder}" for port, holder in holders.items())
        raise Failed(f"{held}; nothing was changed. Stop it, or move it to another port, and run the update again")


def _holder(port: int, root: Path) -> str | None:
    sockets = set(_listening(port, root))
    if not sockets:
        return None
    for process in (root / "proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has just exited
            if any(str(descriptor.readlink()) in sockets for descriptor in (process / "fd").iterdir()):
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
    return "a process that the agent cannot see"


def _listening(port: int, root: Path) -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(FileNotFoundError):  # a kernel without IPv6
            for line in (root / "proc" / "net" / table).read_text().splitlines()[1:]:
                columns = line.split()
                if columns[3] == LISTENING and int(columns[1].rpartition(":")[2], 16) == port:
                    yield f"socket:[{columns[9]}]"
