"""A copy of the project with a stack on the emulated cloud, driven by this clone's CLI (tests and benchmarks)."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from workbench.cloud.client_environment import emulated
from workbench.cloud.cloud import Cloud
from workbench.cloud.journal import Call, calls
from workbench.environment import environment
from workbench.places import ROOT, SSH_KEY, VENV
from workbench.setup.plugins import installed
from workbench.stand_ins.aws.binary import ABSENT

SECONDS = 900  # the longest step waits 3 minutes for the provider's own pauses; the rest is for a busy computer
REGION = "eu-west-1"
PARTS = ("agent", "components", "documents", "plan", "provider", "workbench")


def missing() -> str:
    """Why no stack can be created on the emulated cloud; empty if it can."""
    if shutil.which("pulumi", path=environment(os.environ)["PATH"]) is None:
        return "there is no Pulumi CLI; `make setup` builds one"
    return "" if installed("aws").exists() else ABSENT


class CommandFailed(Exception):
    """A CLI command failed; the message is its output."""


@dataclass(frozen=True)
class Ran:
    """A finished command of the CLI."""

    status: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """All of its output."""
        return self.out + self.err

    def succeeded(self) -> "Ran":
        """The command itself. Raises `CommandFailed` if it failed."""
        if self.status:
            raise CommandFailed(self.text)
        return self

    def digest(self) -> dict[str, object]:
        """The output of `preview --json`."""
        found: dict[str, object] = json.loads(self.out)
        return found

    def steps(self) -> dict[tuple[str, str], str]:
        """The operations of a `preview --json` by type and name, without unchanged resources and reads.

        The steps of a replacement count as one.
        """
        found: dict[tuple[str, str], str] = {}
        for step in json.loads(self.out)["steps"]:
            kind, name = step["urn"].split("::")[2].rsplit("$", 1)[-1], step["urn"].split("::")[3]
            operation = "replace" if "replace" in step["op"] else step["op"]
            if operation not in {"same", "refresh"}:
                found[kind, name] = operation
        return found


class Project:
    """`settings` go to the stack's file before every command; change them between two commands."""

    def __init__(self, folder: Path, cloud: Cloud, *, program: str | None = None, stack: str = "dev") -> None:
        self.stack = stack
        self.folder = folder / "project"
        self.cloud = cloud
        self.folder.mkdir()
        (self.folder / ".venv").symlink_to(VENV)
        self._program(program)
        state = folder / "state"
        state.mkdir()
        given = {**os.environ, "PULUMI_BACKEND_URL": state.as_uri(), "PULUMI_CONFIG_PASSPHRASE": "of a test"}
        self.variables = {**emulated(environment(given), cloud.start()), "AWS_REGION": REGION}
        self.run("stack", "init", self.stack).succeeded()
        self._salt: Mapping[str, object] = yaml.safe_load(self._file.read_text())

    def _program(self, program: str | None) -> None:
        if program is None:
            # A copy: the clone may be edited during a run, and its stack files must not change.
            for part in PARTS:
                shutil.copytree(ROOT / part, self.folder / part, ignore=shutil.ignore_patterns("__pycache__"))
            for name in ("__main__.py", "Pulumi.yaml"):
                shutil.copy(ROOT / name, self.folder / name)
            keys = self.folder / SSH_KEY.parent.relative_to(ROOT)
            keys.parent.mkdir()
            keys.symlink_to(SSH_KEY.parent)
            self.settings = yaml.safe_load((ROOT / f"Pulumi.{self.stack}.yaml").read_text())["config"]
            # Instances exist as records only, so no API responds.
            self.settings["quorate:addons"] = {"enabled": False}
            return
        runtime = "runtime: {name: python, options: {toolchain: pip, virtualenv: .venv}}"
        (self.folder / "Pulumi.yaml").write_text(f"name: tried\n{runtime}\n")
        (self.folder / "__main__.py").write_text(program)
        self.settings = {}

    @property
    def _file(self) -> Path:
        return self.folder / f"Pulumi.{self.stack}.yaml"

    def run(self, *words: str) -> Ran:
        """Run the CLI with these arguments and the current settings."""
        if hasattr(self, "_salt"):
            self._file.write_text(yaml.safe_dump({**self._salt, "config": self.settings}))
        done = subprocess.run(
            ["pulumi", "--non-interactive", "--color", "never", *words],
            cwd=self.folder,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def up(self, *words: str) -> Ran:
        """Update without a preview. Raises `CommandFailed`."""
        return self.run("up", "--yes", "--skip-preview", "--stack", self.stack, *words).succeeded()

    def preview(self, *words: str) -> Ran:
        """Preview as JSON. Raises `CommandFailed`."""
        return self.run("preview", "--json", "--stack", self.stack, *words).succeeded()

    def calls_since(self, number: int) -> list[Call]:
        """The calls that the cloud executed after the first `number`."""
        return calls(self.cloud.calls)[number:]

    def calls_so_far(self) -> int:
        """How many calls the cloud has executed."""
        return len(calls(self.cloud.calls))
