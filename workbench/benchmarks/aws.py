"""Environments on an emulated AWS: previews, the program alone, and one update (issue 4, "How fast")."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from workbench.benchmarks.events import slowest
from workbench.benchmarks.table import Measurement
from workbench.cloud import project
from workbench.cloud.cloud import Cloud
from workbench.cloud.project import Project
from workbench.lab.progress import Progress
from workbench.places import ROOT

PREVIEW_RATIO, PROGRAM_SECONDS = 2, 2
SIZES = (3, 5, 7)
LINEAR = 1.25  # the second step may take a quarter longer than the first, for noise
SHOWN = 8  # number of resource types shown, the slowest first
# Calls the provider, so that its start is included in the time.
STARTED = "import pulumi_aws\n\npulumi_aws.get_caller_identity()\n"


@dataclass(frozen=True, kw_only=True)
class Previews:
    """Seconds of each round."""

    empty: list[float] = field(default_factory=list)
    started: list[float] = field(default_factory=list)
    sizes: dict[int, list[float]] = field(default_factory=lambda: {count: [] for count in SIZES})
    resources: dict[int, int] = field(default_factory=dict)
    program: list[float] = field(default_factory=list)
    imports: list[float] = field(default_factory=list)


def missing() -> str | None:
    """The reason why it cannot be measured here."""
    return project.missing() or None


def measured(rounds: int) -> Iterator[Measurement]:
    """Previews in every round, one update at the end."""
    progress = Progress(None)
    with tempfile.TemporaryDirectory(prefix="quorate-bench-") as name:
        folder = Path(name)
        cloud = Cloud(folder / "cloud")
        cloud.start()
        try:
            dev = _project(folder / "dev", cloud)
            yield from judged(_previews(folder, cloud, dev, rounds=rounds, progress=progress))
            progress.say("up of dev")
            yield from _update(dev, rounds=rounds)
        finally:
            cloud.stop()


def judged(found: Previews) -> Iterator[Measurement]:
    """All quantities of the previews with their limits; ratios are computed within a round."""
    start = [a - b for a, b in zip(found.started, found.empty, strict=True)]
    small = found.sizes[SIZES[0]]
    own = [(whole - s) / e for whole, s, e in zip(small, start, found.empty, strict=True)]
    yield Measurement(what="preview of an empty program", unit="s", values=found.empty)
    yield Measurement(what="start of the AWS provider in a preview", unit="s", values=start)
    for count, seconds in found.sizes.items():
        yield Measurement(what=f"preview of {count} nodes", unit="s", values=seconds)
        yield Measurement(what=f"resources of {count} nodes", unit="", values=[found.resources[count]], digits=0)
    yield Measurement(
        what="preview of dev without the provider's start, as a multiple of an empty preview",
        unit="x",
        values=own,
        limit=PREVIEW_RATIO,
        digits=2,
    )
    steps = [
        (seven - five) / (five - three) if five > three else float("inf")
        for three, five, seven in zip(*found.sizes.values(), strict=True)
    ]
    yield Measurement(what="two more nodes, second step", unit="x", values=steps, limit=LINEAR, digits=2)
    yield Measurement(
        what="the program, plan to last registration", unit="s", values=found.program, limit=PROGRAM_SECONDS, digits=2
    )
    yield Measurement(what="its imports", unit="s", values=found.imports, digits=2)


def _previews(folder: Path, cloud: Cloud, dev: Project, *, rounds: int, progress: Progress) -> Previews:
    empty = _project(folder / "empty", cloud, program="")
    started = _project(folder / "started", cloud, program=STARTED)
    found = Previews()
    for number in range(1, rounds + 1):
        progress.say(f"previews, round {number} of {rounds}")
        found.empty.append(_timed(empty)[0])
        found.started.append(_timed(started)[0])
        for count in SIZES:
            dev.settings["quorate:members"] = str(count)
            seconds, found.resources[count] = _timed(dev)
            found.sizes[count].append(seconds)
        dev.settings.pop("quorate:members")
        done = subprocess.run(
            [sys.executable, "-m", "workbench.benchmarks.program"], cwd=ROOT, check=True, capture_output=True, text=True
        )
        imports, program = map(float, done.stdout.split())
        found.imports.append(imports)
        found.program.append(program)
    return found


def _update(dev: Project, *, rounds: int) -> Iterator[Measurement]:
    """Measures one update, its slowest parts, and previews of an existing environment."""
    log = dev.folder / "events.json"
    dev.variables["PULUMI_DEBUG_COMMANDS"] = "true"  # the CLI hides --event-log without it
    begun = time.monotonic()
    dev.up("--event-log", str(log))
    yield Measurement(what="up of dev", unit="s", values=[time.monotonic() - begun], digits=0)
    for type_, seconds in slowest(log.read_text(encoding="utf-8"), count=SHOWN):
        yield Measurement(what=f"of which the slowest {type_.rsplit(':', 1)[-1]}", unit="s", values=[seconds], digits=0)
    again = [_timed(dev)[0] for _ in range(rounds)]
    yield Measurement(what="preview of an existing dev without changes", unit="s", values=again)


def _project(folder: Path, cloud: Cloud, *, program: str | None = None) -> Project:
    folder.mkdir()
    return Project(folder, cloud, program=program)


def _timed(of: Project) -> tuple[float, int]:
    """Seconds of a preview, and how many resources would change."""
    begun = time.monotonic()
    found = of.preview()
    return time.monotonic() - begun, len(found.steps())
