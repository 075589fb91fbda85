"""The machine for a step: a root directory, and the programs in it."""

from dataclasses import dataclass
from pathlib import Path

from agent.system.commands import Commands

STATE = "/var/lib/quorate"  # the agent's own state on this machine


@dataclass(frozen=True, kw_only=True)
class Host:
    """`root` is / on a real machine; tests give a directory."""

    root: Path
    commands: Commands

    def path(self, absolute: str) -> Path:
        """The path of a file, given its absolute name on the machine."""
        return self.root / absolute.lstrip("/")

    def state(self, name: str) -> Path:
        """A file or directory of the agent's own state."""
        return self.path(f"{STATE}/{name}")
