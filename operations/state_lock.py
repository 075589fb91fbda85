"""Removes the lock on a stack's state if its holder ended without releasing it.

Pulumi's file backends keep a file for each holder, with its process number, computer and time
(`.pulumi/locks/organization/PROJECT/STACK/*.json`). A killed `pulumi` leaves that file behind, and every later command
is refused.
"""

import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from operations.environment import OperationFailed

LOCKS = ".pulumi/locks"


@dataclass(frozen=True, kw_only=True)
class Holder:
    """The process that took the lock. `since` is RFC 3339."""

    file: Path
    process: int
    computer: str
    since: str

    @property
    def dead(self) -> bool:
        """Whether the process no longer exists for certain: it ran here, and its number is free or reused."""
        return self.computer == socket.gethostname() and not self._runs()

    def _runs(self) -> bool:
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return _started(self.process) <= datetime.fromisoformat(self.since).timestamp()

    def __str__(self) -> str:
        return f"process {self.process} on {self.computer}, since {self.since}"


def release_dead(stack: str, *, yes: bool = False) -> None:
    """Remove the locks of dead processes; asks first unless `yes`. Raises `OperationFailed`."""
    dead = [holder for holder in _holders(stack) if holder.dead]
    if not dead:
        return
    listed = "; ".join(map(str, dead))
    what = f"the state of {stack!r} is locked by a command that no longer runs ({listed})"
    if not yes:
        if not sys.stdin.isatty():
            raise OperationFailed(
                f"{what}: nothing was changed. `python -m operations unlock --stack {stack}` removes its lock; then "
                "run this again to continue the killed command"
            )
        if input(f"{what}. Remove its lock and continue? [y/N] ").strip().lower() not in {"y", "yes"}:
            raise OperationFailed(f"{what}; its lock stays, and nothing was changed")
    for holder in dead:
        holder.file.unlink(missing_ok=True)
    print(f"removed the lock of {listed}")


def _holders(stack: str) -> Iterator[Holder]:
    backend = urlsplit(os.environ.get("PULUMI_BACKEND_URL", ""))
    if backend.scheme != "file":
        return  # a service backend manages its own locks
    for file in Path(unquote(backend.path)).glob(f"{LOCKS}/*/*/{stack}/*.json"):
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            yield Holder(
                file=file,
                process=int(content["pid"]),
                computer=str(content["hostname"]),
                since=str(content["timestamp"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue  # released just now, or not a lock


def _started(process: int) -> float:
    """Start time of a process in seconds since 1970; 0 if unknown."""
    try:
        ticks = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return 0.0
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    return time.time() - uptime + ticks / os.sysconf("SC_CLK_TCK") - 1.0  # ticks are truncated, not rounded
