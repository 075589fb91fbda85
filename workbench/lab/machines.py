"""The machines that a drill breaks, as little of them as it needs to know."""

import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from provider.local.machines import machine
from provider.local.machines.unable import Unable

COMMAND_SECONDS = 10.0


class CommandFailed(OSError):
    """A command on a machine that did not do its work: the machine is off, or the command's own message."""


class Machines(Protocol):
    """Machines by name. Commands run as root; all but `run` return when it is done."""

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, running or not."""

    def run(self, name: str, *command: str, seconds: float = COMMAND_SECONDS) -> str:
        """What the command prints. Raises `CommandFailed`."""

    def running(self, name: str) -> bool:
        """Whether the machine is on."""

    def start(self, name: str) -> None:
        """Switch it on with the disk it has."""

    def stop(self, name: str) -> None:
        """Shut it down cleanly."""

    def kill(self, name: str) -> None:
        """Take the power away."""

    def wipe(self, name: str) -> None:
        """Lose the machine with its disk."""


@dataclass(frozen=True, kw_only=True)
class LocalMachines:
    """The machines of one fleet on this computer."""

    fleet: str
    names: tuple[str, ...]

    def run(self, name: str, *command: str, seconds: float = COMMAND_SECONDS) -> str:
        """What the command prints. Raises `CommandFailed`."""
        try:
            done = machine.run(self.fleet, name, command, timeout=seconds)
        except Unable as reason:
            raise CommandFailed(str(reason)) from None
        except subprocess.TimeoutExpired:
            raise CommandFailed(f"{name}: `{' '.join(command)}` took more than {seconds:g} s") from None
        if done.returncode:
            said = (done.stderr or done.stdout).strip()[-500:] or f"exit {done.returncode}"
            raise CommandFailed(f"{name}: `{' '.join(command)}`: {said}")
        return done.stdout

    def running(self, name: str) -> bool:
        """Whether the machine is on."""
        found = machine.find(self.fleet, name)
        return found is not None and found.running

    def start(self, name: str) -> None:
        """Switch it on with the disk it has."""
        machine.start(self.fleet, name)

    def stop(self, name: str) -> None:
        """Shut it down cleanly."""
        machine.stop(self.fleet, name)

    def kill(self, name: str) -> None:
        """Take the power away."""
        machine.kill(self.fleet, name)

    def wipe(self, name: str) -> None:
        """Lose the machine with its disk."""
        machine.wipe(self.fleet, name)


def at_once(act: Callable[[str], None], names: Iterable[str]) -> None:
    """Do the same to several machines at the same time; the first error is raised once all have ended."""
    every = tuple(names)
    with ThreadPoolExecutor(max(1, len(every))) as pool:
        list(pool.map(act, every))
