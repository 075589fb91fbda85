"""The programs: files of a store, each one verified, and packages, pinned and held."""

from pathlib import Path

from agent.artifacts import Store, stamp
from agent.model.difference import Difference
from agent.model.failure import Failed
from agent.model.programs import Artifact
from agent.model.step import Step
from agent.system import background
from agent.system.machine import Machine
from agent.system.packages import Packages

PLACES = {"binary": "/usr/local/bin", "cni": "/opt/cni/bin"}
FETCHERS = 2  # hashing and copying each keep a core busy


class ProgramsStep(Step):
    """Replacing a program's file does not affect the running program; the step that runs the program restarts it."""

    name = "programs"
    after = frozenset({"system"})

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._manifest = machine.wanted.manifest
        self._record = machine.record(self.name)
        self._store = Store(self._manifest.store or "", machine.host)
        self._packages = Packages(machine.host)

    def differences(self) -> list[Difference]:
        """Programs and packages that are missing or differ."""
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
            Difference(step=self.name, what=f"package {p.name}", wanted=str(p), found=version)
            for p, version in self._packages.outdated(self._manifest.packages)
        ]

    def apply(self) -> None:
        """Fetch, verify and install what differs."""
        known = self._record.read()
        missing = [artifact for artifact in self._artifacts() if not self._installed(artifact, known)]
        with background.workers(FETCHERS) as pool:
            list(pool.map(self._install, missing))
        self._record.write({artifact.path: self._stamp(artifact) for artifact in self._artifacts()})
        if outdated := [package for package, _ in self._packages.outdated(self._manifest.packages)]:
            if self._manifest.store is None:
                self._packages.install(outdated)
            else:
                carried = [artifact for artifact in self._manifest.artifacts if artifact.kind == "package"]
                self._packages.install_files(outdated, carried, self._store)

    def verify(self) -> None:
        """Check that everything is installed."""
        left = self.differences()
        if left:
            raise Failed(f"the programs differ from the plan after their installation: {left[0]}")

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
        # hundreds of megabytes are hashed once; afterwards an unchanged size, inode and change time are enough
        return known.get(artifact.path) == self._stamp(artifact) or self._store.matches(place, artifact)

    def _install(self, artifact: Artifact) -> None:
        self._store.fetch(artifact, self._place(artifact), mode=0o755)
