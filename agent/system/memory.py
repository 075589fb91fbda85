"""State that survives a run: the files of the last attempt and last success, and whether the cluster is destroyed."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from agent.model.json_reading import Malformed
from agent.model.wanted import Wanted, read
from agent.system.files import install, make_directory
from agent.system.host import Host

WANTED, ATTEMPTED, DISSOLVED = "wanted", "attempted", "dissolved"
DESCRIPTIONS = ("node.json", "files.json")


class Memory:
    """/var/lib/quorate, readable by root only: the kept files hold keys."""

    def __init__(self, host: Host) -> None:
        self._host = host

    @property
    def wanted(self) -> Path:
        """The directory of the last success, which `check` compares with."""
        return self._host.state(WANTED)

    def kept(self) -> Iterator[Wanted]:
        """The last plans: a failed attempt, then the last success. Both may be missing."""
        for name in (ATTEMPTED, WANTED):
            try:
                yield read(self._host.state(name))
            except Malformed:
                continue

    def previous_files(self) -> dict[str, tuple[str, ...]]:
        """The paths that earlier runs installed, by step."""
        previous: dict[str, tuple[str, ...]] = {}
        for wanted in self.kept():
            for file in wanted.files:
                previous[file.step] = (*previous.get(file.step, ()), file.path)
        return previous

    def begin(self, wanted: Wanted) -> Wanted:
        """The same plan from the agent's own directory, because the one that was sent is removed when its ssh
        connection breaks.
        """
        if self._same(wanted):
            return replace(read(self.wanted), may_begin=wanted.may_begin)
        self._host.state("").mkdir(parents=True, exist_ok=True)
        self._host.state("").chmod(0o700)
        fresh, attempted = self._host.state(f"{ATTEMPTED}.new"), self._host.state(ATTEMPTED)
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        for name in (*DESCRIPTIONS, "run.json"):
            if (wanted.directory / name).exists():
                install(fresh / name, (wanted.directory / name).read_bytes(), mode=0o600)
        for file in wanted.files:
            path = fresh / file.source.relative_to(wanted.directory)
            make_directory(path.parent, mode=0o700)
            install(path, file.content(), mode=0o600)
        shutil.rmtree(attempted, ignore_errors=True)
        fresh.rename(attempted)
        return read(attempted)

    @property
    def unfinished(self) -> bool:
        """Whether the last run failed to bring the machine to the planned state."""
        return self._host.state(ATTEMPTED).exists()

    def succeed(self) -> None:
        """Record that the attempt succeeded."""
        attempted, old = self._host.state(ATTEMPTED), self._host.state(f"{WANTED}.old")
        if not attempted.exists():
            return
        shutil.rmtree(old, ignore_errors=True)
        # from now on it counts as a previous member, unless the next plan says otherwise
        (attempted / "run.json").unlink(missing_ok=True)
        if self.wanted.exists():
            self.wanted.rename(old)
        attempted.rename(self.wanted)
        shutil.rmtree(old, ignore_errors=True)

    def _same(self, wanted: Wanted) -> bool:
        if self._host.state(ATTEMPTED).exists():
            return False
        try:
            return all(
                (wanted.directory / name).read_bytes() == (self.wanted / name).read_bytes() for name in DESCRIPTIONS
            )
        except OSError:
            return False

    @property
    def dissolved(self) -> bool:
        """Whether the whole cluster is being destroyed, so that leaving it needs no quorum."""
        return self._host.state(DISSOLVED).exists()

    def dissolve(self) -> None:
        """Record that the whole cluster is being destroyed."""
        install(self._host.state(DISSOLVED), b"", mode=0o600)

    def undissolve(self) -> None:
        """Forget that the cluster is being destroyed, because the machine is part of a plan again."""
        self._host.state(DISSOLVED).unlink(missing_ok=True)
