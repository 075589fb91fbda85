"""The operations on machines that a drill needs."""

import subprocess
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from provider.local.machines import machine
from provider.local.machines.place import Place
from provider.local.machines.unable import Unable

COMMAND_SECONDS = 10.0


class CommandFailed(OSError):
    """A command on a machine failed: the machine is off, or the command's own message."""


class Machines(Protocol):
    """Machines by name. Commands run as root; all methods but `run` return on completion."""

    @property
    def names(self) -> tuple[str, ...]:
        """All machines, running or not."""

    def run(self, name: str, *command: str, seconds: float = COMMAND_SECONDS) -> str:
        """Returns the command's output. Raises `CommandFailed`."""

    def running(self, name: str) -> bool:
        """Whether the machine is on."""

    def start(self, name: str) -> None:
        """Switch it on with its existing disk."""

    def stop(self, name: str) -> None:
        """Shut it down cleanly."""

    def kill(self, name: str) -> None:
        """Cut the power."""

    def wipe(self, name: str) -> None:
        """Remove the machine with its disk."""


@dataclass(frozen=True, kw_only=True)
class LocalMachines:
    """The machines of one fleet on this computer."""

    fleet: str
    names: tuple[str, ...]

    def run(self, name: str, *command: str, seconds: float = COMMAND_SECONDS) -> str:
        """Returns the command's output. Raises `CommandFailed`."""
        return output(Place(fleet=self.fleet, name=name), command, node=name, seconds=seconds)

    def running(self, name: str) -> bool:
        """Whether the machine is on."""
        found = machine.find(self.fleet, name)
        return found is not None and found.running

    def start(self, name: str) -> None:
        """Switch it on with its existing disk."""
        machine.start(self.fleet, name)

    def stop(self, name: str) -> None:
        """Shut it down cleanly."""
        machine.stop(self.fleet, name)

    def kill(self, name: str) -> None:
        """Cut the power."""
        machine.kill(self.fleet, name)

    def wipe(self, name: str) -> None:
        """Remove the machine with its disk."""
        machine.wipe(self.fleet, name)


def output(place: Place, command: Sequence[str], *, node: str, seconds: float) -> str:
    """The output of a command on the machine at `place`, which runs `node`. Raises `CommandFailed`."""
    try:
        done = machine.run(place.fleet, place.name, command, timeout=seconds)
    except Unable as reason:
        raise CommandFailed(str(reason)) from None
    except subprocess.TimeoutExpired:
        raise CommandFailed(f"{node}: `{' '.join(command)}` took more than {seconds:g} s") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-500:] or f"exit {done.returncode}"
        raise CommandFailed(f"{node}: `{' '.join(command)}`: {said}")
    return done.stdout


def at_once(act: Callable[[str], None], names: Iterable[str]) -> None:
    """Do the same to several machines at the same time; the first error is raised once all have ended."""
    every = tuple(names)
    with ThreadPoolExecutor(max(1, len(every))) as pool:
        list(pool.map(act, every))
