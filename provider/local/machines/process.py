"""Identifies a machine's processes: the nspawn process recorded at its start, and its child, the machine's PID 1."""

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from provider.local.machines.place import Place

_PROC = Path("/proc")
_STATE = 0  # fields of /proc/PID/stat behind the name, see proc(5)
_PARENT = 1
_STARTED = 19
_END_SECONDS = 20.0  # milliseconds on an idle host


@dataclass(frozen=True, kw_only=True)
class Process:
    """A process, distinct from a later one with the same number: `started` is in clock ticks since boot."""

    number: int
    started: str

    @property
    def alive(self) -> bool:
        """Whether it is running; a zombie is not."""
        fields = _fields(_stat(self.number))
        return bool(fields) and fields[_STARTED] == self.started and fields[_STATE] not in "ZX"

    def signal(self, number: int) -> None:
        """Send a signal, unless the process is gone."""
        if self.alive:
            with suppress(ProcessLookupError):
                os.kill(self.number, number)

    def ended_within(self, seconds: float) -> bool:
        """Wait until it has ended."""
        deadline = time.monotonic() + seconds
        while self.alive:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True


def boot() -> str:
    """Identifies this boot of the host."""
    return (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def machine(place: Place) -> Process | None:
    """The machine's nspawn process, if it runs."""
    try:
        booted, _, stat = place.process.read_text(encoding="utf-8").partition("\n")
    except FileNotFoundError:
        return None
    fields = _fields(stat)
    if not fields or booted != boot():
        return None
    process = Process(number=int(stat.split(" ", 1)[0]), started=fields[_STARTED])
    return process if process.alive else None


def first(supervisor: Process) -> Process | None:
    """The machine's PID 1, once it exists."""
    for number in _children(supervisor.number):
        with suppress(FileNotFoundError, ProcessLookupError):
            status = (_PROC / str(number) / "status").read_text(encoding="utf-8")
            names = next((line.split()[1:] for line in status.splitlines() if line.startswith("NSpid:")), [])
            fields = _fields(_stat(number))
            if len(names) > 1 and names[-1] == "1" and fields:
                return Process(number=number, started=fields[_STARTED])
    return None


def cut(supervisor: Process) -> None:
    """Cut the power: with PID 1 the kernel kills every process of the machine immediately."""
    leader = first(supervisor)
    if leader is not None:
        leader.signal(signal.SIGKILL)
        if supervisor.ended_within(_END_SECONDS):  # it removes the machine's network interface first
            return
    supervisor.signal(signal.SIGKILL)
    supervisor.ended_within(_END_SECONDS)


def _children(number: int) -> list[int]:
    listing = _PROC / str(number) / "task" / str(number) / "children"
    with suppress(FileNotFoundError, ProcessLookupError):
        return [int(child) for child in listing.read_text(encoding="ascii").split()]
    # Kernels without CONFIG_PROC_CHILDREN have no such list.
    numbers = [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]
    return [child for child in numbers if (fields := _fields(_stat(child))) and fields[_PARENT] == str(number)]


def _stat(number: int) -> str:
    with suppress(FileNotFoundError, ProcessLookupError):
        return (_PROC / str(number) / "stat").read_text(encoding="utf-8", errors="replace")
    return ""


def _fields(stat: str) -> list[str]:
    # The name is in parentheses and may itself contain parentheses.
    fields = stat.rpartition(")")[2].split()
    return fields if len(fields) > _STARTED else []
