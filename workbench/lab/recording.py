"""Recorded drills: each run is a file below `.quorate/drills`, from which the report is made."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from workbench.lab import journals
from workbench.lab.drill import Drill, drill
from workbench.lab.record import Circumstances, record
from workbench.lab.site import Site
from workbench.lab.writer import Patience
from workbench.places import PRIVATE, ROOT

RECORDS = PRIVATE / "drills" / "records"


@dataclass(frozen=True, kw_only=True)
class Recording:
    """Records of one run of one test; `run` counts from 1."""

    site: Site
    run: int
    folder: Path = RECORDS

    @contextmanager
    def drill(self, name: str, *, title: str, group: str, patience: Patience | None = None) -> Iterator[Drill]:
        """A drill that checks its account at the end and is recorded, also when it fails.

        `name` is the record's and the picture's (letters, digits, hyphens); `title` says what is done, for people;
        `group` is the heading under which the report lists it.
        """
        before = circumstances()
        running: Drill | None = None
        broken = ""
        try:
            with drill(self.site, patience=patience) as running:
                yield running
            running.finished.check()
        except BaseException as reason:
            broken = f"{type(reason).__name__}: {reason}"[:500]
            raise
        finally:
            if running is not None:
                kept = record(
                    running,
                    drill=name,
                    title=title,
                    group=group,
                    run=self.run,
                    circumstances=before,
                    broken=broken,
                )
                kept.write(self.folder)
                journals.keep(self.site, since=running.begun, folder=self._journals(name))

    def attach(self, name: str, file: str, text: str) -> None:
        """Save a command's output beside the journals of this run of the drill `name`."""
        folder = self._journals(name)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")

    def _journals(self, name: str) -> Path:
        return self.folder.parent / "journals" / f"{name}.{self.run}"


def circumstances() -> Circumstances:
    """The journals of the current run."""
    asked = ("git", "describe", "--always", "--dirty", "--abbrev=12")
    commit = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return Circumstances(
        commit=commit or "unknown",
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        load=round(os.getloadavg()[0], 1),
        processors=os.cpu_count() or 1,
    )
