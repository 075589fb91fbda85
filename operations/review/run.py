"""Runs one preview that produces everything for a review: steps, a saved plan, and the policy packs' findings."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import yaml

from operations.emulated import choose, emulated
from operations.environment import PROJECT, OperationFailed
from operations.stack_file import StackFile

PACK = PROJECT / "policies"
# Levels and exemptions by environment; one without its own file uses its preset's, or production's.
STRICTEST = "prod"
FAILED = "## `{stack}`: ⛔ the preview failed\n\nSee the log of this run.\n"


@dataclass(frozen=True, kw_only=True)
class Folder:
    """The folder of one stack's review; private, because a plan contains the state's encrypted secrets."""

    path: Path

    @property
    def preview(self) -> Path:
        """The CLI's output."""
        return self.path / "preview.json"

    @property
    def plan(self) -> Path:
        """The file for `pulumi up --plan`."""
        return self.path / "plan.json"

    @property
    def events(self) -> Path:
        """The engine's events, one per line."""
        return self.path / "events.json"

    @property
    def markdown(self) -> Path:
        """The report for people."""
        return self.path / "review.md"

    @property
    def json(self) -> Path:
        """The report for machines."""
        return self.path / "review.json"


def folder(stack: str) -> Folder:
    """The folder of a stack's review in this clone, which git ignores."""
    return Folder(path=PROJECT / ".quorate" / "review" / stack)


def preview(stack: str) -> Folder:
    """Run `pulumi preview` with the pack. Raises `OperationFailed` if its output cannot be reviewed.

    If the preview fails or the pack rejects it, the output still has the known changes, and the report shows why.
    """
    place = folder(stack)
    place.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in (place.preview, place.plan, place.events, place.markdown, place.json):
        old.unlink(missing_ok=True)
    try:
        StackFile(stack).reach()
    except OperationFailed:
        place.markdown.write_text(FAILED.format(stack=stack), encoding="utf-8")
        raise
    command = ["pulumi", "preview", "--stack", stack, "--json", "--show-sames", "--save-plan", str(place.plan)]
    command += ["--event-log", str(place.events), *options(stack)]
    # Programs can read the policies' findings only from the event log; its CLI option is hidden.
    settings = {**os.environ, "PULUMI_DEBUG_COMMANDS": "true"}
    done = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True, env=settings)
    place.preview.write_text(done.stdout, encoding="utf-8")
    if not done.stdout.strip().startswith("{"):
        # The pull request must show the failure: a missing review must not look like an environment without changes.
        place.markdown.write_text(FAILED.format(stack=stack), encoding="utf-8")
        raise OperationFailed(f"`pulumi preview` ended with status {done.returncode}: {done.stderr.strip()}")
    return place


def options(stack: str) -> list[str]:
    """The options of every command that runs the program: the packs, and the settings of an emulated cloud."""
    return [*packs(stack), *(choose(stack) if emulated() else [])]


def packs(stack: str) -> list[str]:
    """The pack with the environment's configuration, as CLI options."""
    names = (stack, _preset(stack), STRICTEST)
    files = (PACK / "environments" / f"{name}.json" for name in names)
    chosen = next(file for file in files if file.exists())
    return ["--policy-pack", str(PACK), "--policy-pack-config", str(chosen)]


def _preset(stack: str) -> str:
    try:
        settings = yaml.safe_load((PROJECT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
    except OSError:
        return STRICTEST
    return str(((settings or {}).get("config") or {}).get("quorate:preset", STRICTEST))
