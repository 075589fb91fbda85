"""One preview that gives everything a review needs: steps, saved plan, and what the policy packs say."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import yaml

from operations.emulated import choose, emulated
from operations.environment import PROJECT, OperationFailed

PACK = PROJECT / "policies"
# Each environment's levels and exemptions; one without a file of its own is judged like its preset, or production.
STRICTEST = "prod"
FAILED = "## `{stack}`: ⛔ the preview failed\n\nThe log of this run says why.\n"


@dataclass(frozen=True, kw_only=True)
class Folder:
    """Where one stack's review is kept; private, because a plan has the state's secrets in it, encrypted."""

    path: Path

    @property
    def preview(self) -> Path:
        """What the CLI printed."""
        return self.path / "preview.json"

    @property
    def plan(self) -> Path:
        """For `pulumi up --plan`."""
        return self.path / "plan.json"

    @property
    def events(self) -> Path:
        """The engine's events, one to a line."""
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
    """The place of a stack's review in this clone, which git ignores."""
    return Folder(path=PROJECT / ".quorate" / "review" / stack)


def preview(stack: str) -> Folder:
    """Run `pulumi preview` with the pack. Raises `OperationFailed` when it printed nothing that can be reviewed.

    A preview that fails, or that the pack refuses, still says what it knows; the report then shows why.
    """
    place = folder(stack)
    place.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in (place.preview, place.plan, place.events, place.markdown, place.json):
        old.unlink(missing_ok=True)
    command = ["pulumi", "preview", "--stack", stack, "--json", "--show-sames", "--save-plan", str(place.plan)]
    command += ["--event-log", str(place.events), *options(stack)]
    # The event log is the only place where policies' findings can be read by a program; the CLI hides its option.
    settings = {**os.environ, "PULUMI_DEBUG_COMMANDS": "true"}
    done = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True, env=settings)
    place.preview.write_text(done.stdout, encoding="utf-8")
    if not done.stdout.strip().startswith("{"):
        # So that the pull request shows it: an environment without a review must not look like one without a change.
        place.markdown.write_text(FAILED.format(stack=stack), encoding="utf-8")
        raise OperationFailed(f"`pulumi preview` ended with status {done.returncode}: {done.stderr.strip()}")
    return place


def options(stack: str) -> list[str]:
    """What every command that runs the program needs: the packs, and the settings of an emulated cloud."""
    return [*packs(stack), *(choose(stack) if emulated() else [])]


def packs(stack: str) -> list[str]:
    """The pack with the environment's configuration, as options of the CLI."""
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
