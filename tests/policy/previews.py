"""Previews with the real CLI, in a Pulumi project with a home, a backend and providers of its own."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.policy.program.echo import Results, serving
from workbench.environment import environment

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "policies"
DEADLINE_SECONDS = 120
# A finding as the CLI prints it: level, pack, rule and title in one line, then the message with more indentation.
FINDING = re.compile(r"^ +- \[(\w+)\].*?  (P\d+)  .*\n((?: {10}.*\n)+)", re.MULTILINE)
CORRECTION = re.compile(r"^ +- \[remediate\]  (P\d+)  ", re.MULTILINE)


class NoCommand(Exception):
    """The Pulumi CLI or its language host is not installed."""


@dataclass(frozen=True, kw_only=True)
class Printed:
    """A finding of the pack as the CLI prints it; `text` without indentation."""

    level: str
    rule: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Done:
    """A finished command: exit status, and everything that it printed."""

    status: int
    output: str

    @property
    def findings(self) -> tuple[Printed, ...]:
        """The pack's findings in the order of the output."""
        return tuple(
            Printed(level=level, rule=rule, text="\n".join(line.strip() for line in text.splitlines()))
            for level, rule, text in FINDING.findall(self.output)
        )

    @property
    def corrected(self) -> frozenset[str]:
        """Rules that changed an input."""
        return frozenset(CORRECTION.findall(self.output))


@dataclass(frozen=True, kw_only=True)
class Project:
    """A Pulumi project that only this process uses."""

    folder: Path
    environment: Mapping[str, str]

    def pulumi(self, *arguments: str, **variables: str) -> Done:
        """Run the CLI. `variables`: more of the environment, for the program."""
        done = subprocess.run(
            ["pulumi", "--non-interactive", "--color", "never", *arguments],
            cwd=self.folder,
            env={**self.environment, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )
        return Done(status=done.returncode, output=done.stdout)

    def preview(self, stack: str, *, configuration: Path | None = None, **variables: str) -> Done:
        """Preview the stack with the pack."""
        chosen = ["--policy-pack-config", str(configuration)] if configuration else []
        return self.pulumi("preview", "--stack", stack, "--policy-pack", str(PACK), *chosen, **variables)


@contextmanager
def project(folder: Path, *, name: str, program: Path, results: Results | None = None) -> Iterator[Project]:
    """A project in an empty folder. `program`: its main folder. `results`: of its providers' functions.

    Raises `NoCommand`.
    """
    (folder / "state").mkdir()
    # A project of its own: the CLI writes a file for each stack beside Pulumi.yaml.
    options = {"toolchain": "pip", "virtualenv": str(ROOT / ".venv")}
    runtime = {"name": "python", "options": options}
    (folder / "Pulumi.yaml").write_text(json.dumps({"name": name, "runtime": runtime, "main": str(program)}))
    given = {
        **os.environ,
        "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "test",
    }
    wanted = environment(given) | {"PULUMI_HOME": str(folder / "home")}
    for command in ("pulumi", "pulumi-language-python"):
        if shutil.which(command, path=wanted["PATH"]) is None:
            raise NoCommand(f"there is no {command}; `make setup` builds it")
    with serving(results) as providers:
        yield Project(folder=folder, environment={**wanted, "PULUMI_DEBUG_PROVIDERS": providers})
