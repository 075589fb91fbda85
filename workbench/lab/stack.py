"""An ordinary stack of this project, with state and configuration in a private folder instead of the clone's own."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

from workbench.lab.command_lines import CommandLines
from workbench.lab.ground import Ground
from workbench.lab.progress import Progress
from workbench.places import ROOT

_COUNT = re.compile(r"^\s+(?:[-+~]+ ?)?(\d+) (created|updated|replaced|deleted|unchanged|errored)$", re.MULTILINE)
TAIL = 60  # lines of the CLI's output that a failure shows
TICK = "@"  # the prefix of the CLI's progress dots


@dataclass(frozen=True, kw_only=True)
class Run:
    """One finished command. `output` has both streams; `seconds` is wall-clock time."""

    command: str
    status: int
    output: str
    seconds: float

    @property
    def resources(self) -> dict[str, int]:
        """How many resources were created, updated, unchanged and so on, from the summary at the end."""
        summary = self.output.rpartition("\nResources:\n")[2]
        return {word: int(count) for count, word in _COUNT.findall(summary)}

    @property
    def tail(self) -> str:
        """The text for a failure."""
        return f"`{self.command}` ended with {self.status}:\n" + "\n".join(self.output.splitlines()[-TAIL:])

    def good(self) -> "Run":
        """The run itself. Raises `AssertionError` with the end of its output unless it succeeded."""
        if self.status:
            raise AssertionError(self.tail)
        return self

    def refused(self) -> "Run":
        """The run itself. Raises `AssertionError` unless it failed."""
        if not self.status:
            raise AssertionError(f"`{self.command}` succeeded:\n{self.tail}")
        return self


class Stack:
    """`runs` keeps the output of all commands, so that a test can search it for secrets."""

    def __init__(self, ground: Ground, *, progress: Progress) -> None:
        self.ground = ground
        self.name = ground.name
        self.runs: list[Run] = []
        self.command_lines = CommandLines()
        self._progress = progress
        # `stack init` writes beside Pulumi.yaml. In a folder with a copy of it, the clone's own files stay as they are.
        self._project = ground.folder / "project"
        self._config = self._project / f"Pulumi.{self.name}.yaml"
        self._state = ground.folder / "state"

    @property
    def state_files(self) -> tuple[Path, ...]:
        """Everything that the backend stores."""
        return tuple(path for path in self._state.rglob("*") if path.is_file())

    @property
    def settings_file(self) -> str:
        """Options of commands that update the stack."""
        return str(self._config)

    def create(self, settings: dict[str, object]) -> None:
        """Create the stack with these settings."""
        for folder in (self._project, self._state):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copy(ROOT / "Pulumi.yaml", self._project)
        self.run(
            "pulumi", "-C", str(self._project), "stack", "init", self.name, "--no-select", "--non-interactive"
        ).good()
        self.set(settings)

    def set(self, settings: dict[str, object]) -> None:
        """Replace all settings of the project by these."""
        kept = yaml.safe_load(self._config.read_text(encoding="utf-8")) or {}
        kept["config"] = {f"quorate:{key}": value for key, value in settings.items()}
        self._config.write_text(yaml.safe_dump(kept, sort_keys=False), encoding="utf-8")

    def up(self, *more: str) -> Run:
        """`pulumi up`, without a preview before it."""
        return self._update("up", "--yes", "--skip-preview", *more)

    def preview(self, *more: str) -> Run:
        """`pulumi preview`."""
        return self._update("preview", *more)

    def refresh(self, *more: str) -> Run:
        """`pulumi refresh`."""
        return self._update("refresh", "--yes", "--skip-preview", *more)

    def destroy(self) -> Run:
        """`pulumi destroy`."""
        return self._update("destroy", "--yes", "--skip-preview")

    def remove(self) -> None:
        """Remove the stack; its resources must be deleted."""
        self.run("pulumi", "-C", str(self._project), "stack", "rm", self.name, "--yes", "--non-interactive").good()

    def operation(self, *arguments: str, cut: str | None = None, by: signal.Signals = signal.SIGINT) -> Run:
        """One of the project's own operations on this stack; `cut` and `by` as in `run`."""
        words = ("python", "-m", "operations", arguments[0], "--stack", self.name, *arguments[1:])
        return self.run(*words, cut=cut, by=by)

    def run(
        self, *command: str, secret: bool = False, cut: str | None = None, by: signal.Signals = signal.SIGINT
    ) -> Run:
        """Run a command in the clone's environment with this stack's state; `secret`: its output is not kept; `cut`:
        interrupt it, as Ctrl-C does or by another signal, once it has said that."""
        shown = " ".join(word for word in command if word not in {"--non-interactive", "--color", "never"})
        begun = time.monotonic()
        lines: list[str] = []
        with (
            self.command_lines.watched(),
            subprocess.Popen(
                [sys.executable, "-m", "workbench.run", *command],
                cwd=ROOT,
                env={**os.environ, "PULUMI_BACKEND_URL": self._state.as_uri(), "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=cut is not None,
            ) as running,
        ):
            telling = ""
            for line in running.stdout or ():
                lines.append(line)
                if cut is not None and cut in line:
                    os.killpg(running.pid, by)
                    cut = None
                telling = telling if line.startswith(TICK) else line
                if not secret:
                    self._progress.glimpse(f"{shown.split(' --')[0]}: {telling}")
        done = Run(command=shown, status=running.returncode, output="".join(lines), seconds=time.monotonic() - begun)
        if not secret:
            self._keep(done)
        return done

    def _keep(self, done: Run) -> None:
        self.runs.append(done)
        with (self.ground.folder / "commands.log").open("a", encoding="utf-8") as log:
            log.write(f"$ {done.command}\n{done.output}exit {done.status}, {done.seconds:.1f} s\n\n")

    def _update(self, verb: str, *more: str) -> Run:
        self._progress.say(f"pulumi {verb}")
        options = ("--stack", self.name, "--config-file", str(self._config), "--non-interactive", "--color", "never")
        done = self.run("pulumi", verb, *options, *more)
        self._progress.say(f"pulumi {verb}: {done.seconds:.1f} s, exit {done.status}")
        return done
