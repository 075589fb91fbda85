"""What outlives a run: the wanted files of the last success, and whether the cluster was dissolved."""

import shutil
from pathlib import Path

from node.files import install, make_directory
from node.host import Host
from node.json_reading import Malformed, parse
from node.wanted import Wanted

WANTED = "wanted"
DISSOLVED = "dissolved"


class Memory:
    """/var/lib/quorate, readable by root only: the kept files hold keys."""

    def __init__(self, host: Host) -> None:
        self._host = host

    @property
    def wanted(self) -> Path:
        """The directory that `check` and `leave` work with."""
        return self._host.state(WANTED)

    def former_files(self) -> dict[str, tuple[str, ...]]:
        """The paths that the last successful run installed, by step."""
        try:
            listing = parse((self.wanted / "files.json").read_bytes(), at="files.json").items()
        except (OSError, Malformed):
            return {}
        former: dict[str, tuple[str, ...]] = {}
        for file in listing:
            step = file["step"].text("")
            former[step] = (*former.get(step, ()), file["path"].text())
        return former

    def keep(self, wanted: Wanted) -> None:
        """Keep the directory of a successful run. It is complete or absent, never half written."""
        if wanted.directory.resolve() == self.wanted.resolve():
            return
        make_directory(self.wanted.parent, mode=0o700)
        self.wanted.parent.chmod(0o700)
        fresh, old = self._host.state(f"{WANTED}.new"), self._host.state(f"{WANTED}.old")
        for left in (fresh, old):
            shutil.rmtree(left, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        for name in ("node.json", "files.json"):
            install(fresh / name, (wanted.directory / name).read_bytes(), mode=0o600)
        for file in wanted.files:
            install(fresh / file.source.relative_to(wanted.directory), file.content(), mode=0o600)
        for directory in (path for path in fresh.rglob("*") if path.is_dir()):
            directory.chmod(0o700)
        if self.wanted.exists():
            self.wanted.rename(old)
        fresh.rename(self.wanted)
        shutil.rmtree(old, ignore_errors=True)

    @property
    def dissolved(self) -> bool:
        """Whether the whole cluster goes, so that leaving it needs nobody's consent."""
        return self._host.state(DISSOLVED).exists()

    def dissolve(self) -> None:
        """Remember that the whole cluster goes."""
        install(self._host.state(DISSOLVED), b"", mode=0o600)

    def undissolve(self) -> None:
        """The machine is wanted again."""
        self._host.state(DISSOLVED).unlink(missing_ok=True)
