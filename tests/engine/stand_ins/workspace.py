"""A Pulumi project in a separate folder, with its own state, run by the CLI that this clone has."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.environment import environment
from workbench.places import VENV

PASSPHRASE = "of a test"


def missing() -> str:
    """Why these tests cannot run, or nothing."""
    variables = environment(os.environ)
    if shutil.which("pulumi", path=variables["PATH"]) is None:
        return "there is no Pulumi CLI; `make setup` builds one"
    return "" if VENV.is_dir() else "there is no .venv; `make setup` makes it"


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    status: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err

    def operations(self) -> dict[str, set[str]]:
        """What a `preview --json` would do to the resources of each name; those that stay as they are left out."""
        found: dict[str, set[str]] = {}
        for step in json.loads(self.out)["steps"]:
            if step["op"] != "same":
                found.setdefault(step["urn"].rsplit("::", 1)[-1], set()).add(step["op"])
        return found


class Workspace:
    """One project with one stack."""

    def __init__(self, folder: Path, program: str, *, project: str = "") -> None:
        self.folder = folder / "project"
        self.folder.mkdir()
        self.write("__main__.py", program)
        self.write(
            "Pulumi.yaml",
            f"name: tried\nruntime: {{name: python, options: {{toolchain: pip, virtualenv: {VENV}}}}}\n{project}",
        )
        state = folder / "state"
        state.mkdir()
        self.variables = {
            **environment(os.environ),
            "PULUMI_BACKEND_URL": state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        }
        self.variables.pop("PULUMI_CONFIG_PASSPHRASE_FILE", None)
        assert self.run("stack", "init", "s").status == 0

    def write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def run(self, *arguments: str, extra: Mapping[str, str] | None = None) -> Ended:
        done = subprocess.run(
            ["pulumi", "--non-interactive", "--color", "never", *arguments],
            cwd=self.folder,
            env={**self.variables, **(extra or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def up(self, *arguments: str) -> Ended:
        return self.run("up", "--yes", "--skip-preview", *arguments)

    def preview(self, *arguments: str) -> Ended:
        return self.run("preview", "--json", *arguments)

    def configure(self, **values: str) -> None:
        for name, value in values.items():
            assert self.run("config", "set", name, value).status == 0

    def outputs(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.run("stack", "output", "--json", "--show-secrets").out)
        return found

    def state(self) -> str:
        """The state as it lies on the disk."""
        return "".join(file.read_text(encoding="utf-8") for file in self.folder.parent.glob("state/**/*.json"))
