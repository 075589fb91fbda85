"""The programs: from a store, verified file by file, or from the distribution's packages, pinned and held."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from node.difference import Difference
from node.failure import Failed
from node.machine import Machine
from node.step import Step
from node.store import Store, stamp
from node.wanted import Artifact, Package

PLACES = {"binary": "/usr/local/bin", "cni": "/opt/cni/bin"}
FETCHERS = 2  # hashing and copying keep a core busy each


class ProgramsStep(Step):
    """Replacing a program's file disturbs nothing; the step that runs the program restarts it."""

    name = "programs"
    after = frozenset({"system"})

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._manifest = machine.wanted.manifest
        self._record = machine.record(self.name)
        self._store = Store(self._manifest.store or "", machine.host)

    def differences(self) -> list[Difference]:
        """Programs and packages that are missing or others."""
        known = self._record.read()
        found = [
            Difference(
                step=self.name,
                what=str(self._place(artifact)),
                wanted=artifact.sha256[:12],
                found="another file" if self._place(artifact).exists() else "nothing",
            )
            for artifact in self._artifacts()
            if not self._installed(artifact, known)
        ]
        return found + [
            Difference(
                step=self.name, what=f"package {p.name}", wanted=p.version or "any version", found=self._version(p)
            )
            for p in self._outdated()
        ]

    def apply(self) -> None:
        """Fetch, verify and install what differs."""
        known = self._record.read()
        missing = [artifact for artifact in self._artifacts() if not self._installed(artifact, known)]
        with ThreadPoolExecutor(max_workers=FETCHERS) as pool:
            list(pool.map(self._install, missing))
        self._record.write({artifact.path: self._stamp(artifact) for artifact in self._artifacts()})
        outdated = self._outdated()
        if outdated:
            self._install_packages(outdated)

    def verify(self) -> None:
        """Everything is there now."""
        left = self.differences()
        if left:
            raise Failed(f"the programs are not as wanted after their installation: {left[0]}")

    def _artifacts(self) -> list[Artifact]:
        return [artifact for artifact in self._manifest.artifacts if artifact.kind in PLACES]

    def _place(self, artifact: Artifact) -> Path:
        return self._machine.host.path(f"{PLACES[artifact.kind]}/{Path(artifact.path).name}")

    def _stamp(self, artifact: Artifact) -> str:
        return f"{artifact.sha256} {stamp(self._place(artifact))}"

    def _installed(self, artifact: Artifact, known: dict[str, str]) -> bool:
        place = self._place(artifact)
        if not place.is_file():
            return False
        # hundreds of megabytes are hashed once; afterwards an unchanged size, inode and time of change vouch for them
        return known.get(artifact.path) == self._stamp(artifact) or self._store.matches(place, artifact)

    def _install(self, artifact: Artifact) -> None:
        self._store.fetch(artifact, self._place(artifact), mode=0o755)

    def _version(self, package: Package) -> str:
        commands = self._machine.host.commands
        shown = ("dpkg-query", "--show", "--showformat=${db:Status-Abbrev} ${Version}", package.name)
        if not commands.succeeds(*shown):
            return "not installed"
        status, _, version = commands.run(*shown).partition(" ")
        return version.strip() if status.startswith(("ii", "hi")) else "not installed"

    def _outdated(self) -> list[Package]:
        found = [(package, self._version(package)) for package in self._manifest.packages]
        return [p for p, version in found if version == "not installed" or (p.version and version != p.version)]

    def _install_packages(self, packages: list[Package]) -> None:
        commands = self._machine.host.commands
        names = [package.name for package in packages]
        pinned = [f"{p.name}={p.version}" if p.version else p.name for p in packages]
        wait = ("-o", "DPkg::Lock::Timeout=300")
        commands.run("apt-get", *wait, "update", timeout=600.0)
        commands.run(
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            *wait,
            "install",
            "--yes",
            "--no-install-recommends",
            "--allow-change-held-packages",
            "--allow-downgrades",
            "-o",
            "Dpkg::Options::=--force-confold",
            *pinned,
            timeout=1800.0,
        )
        commands.run("apt-mark", "hold", *names)
