"""A copy of the project with a state of its own, run by this clone's CLI."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import yaml

from workbench.environment import environment

ROOT = Path(__file__).resolve().parents[4]
PARTS = ("plan", "documents", "components", "agent", "provider", "workbench")
FILES = ("__main__.py", "Pulumi.yaml")
Site = Mapping[str, object]


class RecordedProject:
    """The program of this clone in `folder`; `source` maps a file to a text in it and what replaces that."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in PARTS:
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        for name in FILES:
            shutil.copy(ROOT / name, folder / name)
        shutil.copy(Path(__file__).parent / "kinds.py", folder / "provider" / "kinds.py")
        (folder / ".venv").symlink_to(ROOT / ".venv")
        (folder / "state").mkdir()
        key = folder / "key"
        # The program looks at the first line only, and the stand-ins never connect.
        key.write_text("-----BEGIN OPENSSH " + "PRIVATE KEY-----\n")
        key.chmod(0o600)
        self._environment = environment(
            {
                **os.environ,
                "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
                "PULUMI_CONFIG_PASSPHRASE": "of a recording",
            }
        )
        self._environment.pop("PULUMI_CONFIG_PASSPHRASE_FILE", None)

    def settle(self, stack: str, site: Site) -> None:
        """Make the stack's state: everything as the site wants it."""
        self._pulumi("stack", "init", stack)
        self._configure(stack, site)
        self._pulumi("up", "--yes", "--skip-preview", "--stack", stack)

    def preview(self, stack: str, site: Site, source: tuple[str, str, str] | None) -> tuple[dict[str, object], str]:
        """The preview of another site, or another source, on that state; and the saved plan's text."""
        self._configure(stack, site)
        plan = self.folder / "plan.json"
        edited = self.folder / source[0] if source else None
        kept = edited.read_text() if edited else ""
        if edited and source:
            assert source[1] in kept, f"{edited} has no {source[1]!r} any more"
            edited.write_text(kept.replace(source[1], source[2]))
        try:
            said = self._pulumi("preview", "--json", "--show-sames", "--save-plan", str(plan), "--stack", stack)
        finally:
            if edited:
                edited.write_text(kept)
        found: dict[str, object] = json.loads(said)
        return found, plan.read_text()

    def _configure(self, stack: str, site: Site) -> None:
        path = self.folder / f"Pulumi.{stack}.yaml"
        given = yaml.safe_load(path.read_text()) if path.exists() else {}
        given["config"] = {f"quorate:{name}": value for name, value in site.items()}
        path.write_text(yaml.safe_dump(given))

    def _pulumi(self, *words: str) -> str:
        command = ["pulumi", "--non-interactive", "--color", "never", *words]
        done = subprocess.run(
            command, cwd=self.folder, env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"`{' '.join(command)}` ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done.stdout
