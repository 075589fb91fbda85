"""The machine as a step sees it: a root directory and programs."""

from dataclasses import dataclass
from pathlib import Path

from agent.system.commands import Commands

STATE = "/var/lib/quorate"  # what the agent itself remembers on this machine


@dataclass(frozen=True, kw_only=True)
class Host:
    """`root` is / on a real machine; tests give a directory."""

    root: Path
    commands: Commands

    def path(self, absolute: str) -> Path:
        """The path of the file with that absolute name."""
        return self.root / absolute.lstrip("/")

    def state(self, name: str) -> Path:
        """A file or directory of the agent's own memory."""
        return self.path(f"{STATE}/{name}")
