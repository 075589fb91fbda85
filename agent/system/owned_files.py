"""The files that one step owns on the machine."""

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path

from agent.model.difference import Difference
from agent.model.wanted import WantedFile
from agent.system.files import deviation, install_all, sweep_drafts
from agent.system.host import Host


class OwnedFiles:
    """Compares and installs. `previous` are the step's files of the last success: obsolete ones are removed."""

    def __init__(self, host: Host, step: str, wanted: Sequence[WantedFile], previous: Sequence[str] = ()) -> None:
        self._host = host
        self._step = step
        self.wanted = tuple(wanted)
        self._obsolete = tuple(sorted(set(previous) - {file.path for file in wanted}))

    def _deviation(self, file: WantedFile) -> tuple[str, str] | None:
        return deviation(self._host.path(file.path), file)

    def differences(self) -> list[Difference]:
        """One difference per file that is missing, differs or is no longer planned."""
        found = [(file.path, self._deviation(file)) for file in self.wanted]
        changed = [Difference(step=self._step, what=path, wanted=d[0], found=d[1]) for path, d in found if d]
        gone = [
            Difference(step=self._step, what=path, wanted="nothing", found="a file that is no longer wanted")
            for path in self._obsolete
            if self._host.path(path).exists()
        ]
        return changed + gone

    def install(self, accept: Callable[[WantedFile, Path], None] | None = None) -> tuple[str, ...]:
        """Write what differs, remove what is obsolete; returns the changed paths.

        `accept` may check each new content in the draft's own directory before anything is replaced, and raise.
        """
        changed = [file for file in self.wanted if self._deviation(file)]
        for file in changed:
            sweep_drafts(self._host.path(file.path))
        if accept:
            for file in changed:
                accept(file, self._host.path(file.path))
        install_all([(self._host.path(file.path), file.content(), file.mode) for file in changed])
        gone = [path for path in self._obsolete if self._host.path(path).exists()]
        for path in gone:
            with contextlib.suppress(FileNotFoundError):
                self._host.path(path).unlink()
        return tuple(file.path for file in changed) + tuple(gone)
