"""Packages of the distribution: from repositories that this machine has, or from files in a store."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from agent.artifacts import Store
from agent.model.failure import Failed
from agent.model.programs import Artifact, Package
from agent.system import proxy
from agent.system.commands import CommandFailed, Commands
from agent.system.files import install, make_directory
from agent.system.host import Host

# A first boot installs security updates, and apt's timers run: wait for them instead of failing.
LOCK_PATIENCE = ("-o", "DPkg::Lock::Timeout=300")
INSTALL = (
    "env",
    "DEBIAN_FRONTEND=noninteractive",
    "apt-get",
    *LOCK_PATIENCE,
    "install",
    "--yes",
    "--no-install-recommends",
    "-o",
    "Dpkg::Options::=--force-confold",  # keep our own configuration files
)
# An installation from files must not depend on any repository, reachable or not.
OFFLINE = ("-o", "Dir::Etc::SourceList=/dev/null", "-o", "Dir::Etc::SourceParts=/dev/null")
INSTALL_SECONDS = 1800.0
POLICY = "/usr/sbin/policy-rc.d"  # called by maintainer scripts; 101 is "not allowed" (deb-systemd-invoke(1p))
ABSENT: Literal["not installed"] = "not installed"


class Packages:
    """apt and dpkg of this machine."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._commands: Commands = host.commands

    def installed(self, names: Iterable[str]) -> dict[str, str]:
        """The version of each package, or "not installed"."""
        found = dict.fromkeys(names, str(ABSENT))
        if found:
            # Lists all packages, because dpkg-query fails completely if one name is unknown.
            shape = "--showformat=${Package} ${db:Status-Abbrev} ${Version}\n"
            for line in self._commands.run("dpkg-query", "--show", shape).splitlines():
                name, state, *version = line.split()
                if name in found and state in {"ii", "hi"}:
                    found[name] = version[0]
        return found

    def outdated(self, wanted: Sequence[Package]) -> list[tuple[Package, str]]:
        """Packages that are missing or have another version, with what was found."""
        installed = self.installed(package.name for package in wanted)
        return [(p, installed[p.name]) for p in wanted if not self._fits(p, installed[p.name])]

    def install(self, missing: Sequence[Package]) -> None:
        """Install exactly those versions from the repositories. Raises Failed, before any change if one is missing."""
        try:
            self._commands.run("apt-get", *LOCK_PATIENCE, "update", timeout=600.0)
        except CommandFailed as error:
            raise Failed(
                f"the package lists cannot be fetched: {error.said.strip()[-600:]}. Nothing was changed; check this "
                f"machine's repositories and its route to them; {proxy.advice()}"
            ) from error
        versions = {package: self._candidate(package) for package in missing}
        if lacking := [f"{p}: {self._offered(p)}" for p, version in versions.items() if version is None]:
            raise Failed(
                f"the repositories of this machine do not have {'; '.join(lacking)}. Nothing was changed; set up a "
                "repository that has them (Kubernetes has one for each minor version)"
            )
        pinned = [f"{p.name}={version}" for p, version in versions.items()]
        self._apt(
            "--allow-change-held-packages", "--allow-downgrades", *pinned, what=f"the packages {' '.join(pinned)}"
        )
        self._hold(missing)

    def install_files(self, missing: Sequence[Package], files: Sequence[Artifact], store: Store) -> None:
        """Install from the store's files for this release, without any repository. Raises Failed."""
        release = self._release()
        names = {package.name for package in missing}
        own = [file for file in files if file.release == release and names & {*file.needed_by}]
        if lacking := sorted(names - {file.name for file in own}):
            having = sorted({file.release for file in files})
            raise Failed(
                f"this machine lacks {', '.join(lacking)}, and the store has no such packages for {release}, only for "
                f"{', '.join(having) or 'no release'}. Install them, or build the store for this release"
            )
        present = self.installed(file.name for file in own)
        # Never downgrade: the machine may have had security updates since the store was built.
        needed = [f for f in own if present[f.name] == ABSENT or self._older(present[f.name], than=f.version)]
        make_directory(self._host.state(""), mode=0o700)
        with tempfile.TemporaryDirectory(dir=self._host.state(""), prefix="packages-") as folder:
            Path(folder).chmod(0o755)  # apt reads files as its own user
            for file in needed:
                store.fetch(file, Path(folder) / Path(file.path).name, mode=0o644)
            paths = [f"{folder}/{Path(file.path).name}" for file in needed]
            self._apt(*OFFLINE, *paths, what=f"the store's packages for {', '.join(sorted(names))}")
        self._hold(missing)

    def _apt(self, *arguments: str, what: str) -> None:
        try:
            with self._nothing_started():
                self._commands.run(*INSTALL, *arguments, timeout=INSTALL_SECONDS)
        except CommandFailed as error:
            raise Failed(f"{what} cannot be installed: {error.said.strip()[-800:]}{_hint(error.said)}") from error

    @contextmanager
    def _nothing_started(self) -> Iterator[None]:
        """Packages start their services when they are installed; here each starts with its own configuration only."""
        policy = self._host.path(POLICY)
        if policy.exists():
            yield
            return
        install(policy, b"#!/bin/sh\nexit 101\n", mode=0o755)
        try:
            yield
        finally:
            policy.unlink(missing_ok=True)

    def _hold(self, packages: Sequence[Package]) -> None:
        if held := [package.name for package in packages if package.held]:
            self._commands.run("apt-mark", "hold", *held)

    def _candidate(self, package: Package) -> str | None:
        """The newest version in the repositories that fits, or None."""
        return next((version for version in self._versions(package.name) if self._fits(package, version)), None)

    def _offered(self, package: Package) -> str:
        versions = list(dict.fromkeys(self._versions(package.name)))
        return f"found {', '.join(versions[:6])}" if versions else "no such package"

    def _versions(self, name: str) -> list[str]:
        """Newest first, as apt-cache(8) lists them: name | version | source."""
        try:
            lines = self._commands.run("apt-cache", "madison", name).splitlines()
        except CommandFailed:
            return []
        return [line.split("|")[1].strip() for line in lines if line.count("|") == 2]  # noqa: PLR2004

    def _fits(self, package: Package, found: str) -> bool:
        if found == ABSENT:
            return False
        if package.minimum is not None and self._older(found, than=package.minimum):
            return False
        rest = found.removeprefix(package.version or "")
        return package.version is None or (rest != found and not rest[:1].isdigit())

    def _older(self, version: str, *, than: str) -> bool:
        return self._commands.succeeds("dpkg", "--compare-versions", version, "lt", than)

    def _release(self) -> str:
        """Such as debian-12 (os-release(5))."""
        try:
            lines = self._host.path("/etc/os-release").read_text().splitlines()
        except OSError:
            return "an unknown release"
        values = dict(line.split("=", 1) for line in lines if "=" in line)
        return "-".join(values.get(key, "").strip("\"'") for key in ("ID", "VERSION_ID"))


def _hint(said: str) -> str:
    """Advice if a package could not be fetched, rather than not be installed."""
    return f"; {proxy.advice()}" if "Failed to fetch" in said else ""
