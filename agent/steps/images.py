"""The store's images inside containerd; a control plane does not wait for those that its static pods do not need."""

import json
from pathlib import PurePosixPath

from agent.artifacts import Store
from agent.kubernetes.static_pods import COMPONENTS
from agent.model.difference import Difference
from agent.model.json_reading import Malformed, parse
from agent.model.programs import Artifact
from agent.model.step import Step
from agent.system import background
from agent.system.files import install
from agent.system.machine import Machine

# Stored with containerd's content, so a new disk has neither the images nor this list.
IMPORTED = "/var/lib/containerd/quorate-images.json"
STATIC = frozenset({*COMPONENTS, "pause"})
IMPORTERS = 2


class ImagesStep(Step):
    """containerd has every image of the store that `StaticImagesStep` does not import."""

    name = "images"
    after = frozenset({"runtime", "static-images"})

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._host = machine.host
        self._store = Store(machine.wanted.manifest.store or "", machine.host)

    def differences(self) -> list[Difference]:
        """Images that were not imported."""
        return [
            Difference(step=self.name, what=f"image archive {i.path}", wanted=i.sha256[:12], found="not imported")
            for i in self._missing()
        ]

    def apply(self) -> None:
        """Import what is missing."""
        missing = self._missing()
        with background.workers(IMPORTERS) as pool:
            list(pool.map(self._import, missing))
        known = {image.path: image.sha256 for image in self._all()}
        imported = {path: sha256 for path, sha256 in self._imported().items() if known.get(path) == sha256}
        imported |= {image.path: image.sha256 for image in missing}
        install(self._host.path(IMPORTED), json.dumps(imported, indent=1).encode(), mode=0o644)

    def verify(self) -> None:
        """Do nothing: a failed import raises in `apply`."""

    def _concerns(self, image: Artifact) -> bool:
        return self._machine.wanted.manifest.role != "control-plane" or not _static(image)

    def _missing(self) -> list[Artifact]:
        imported = self._imported()
        return [i for i in self._all() if self._concerns(i) and imported.get(i.path) != i.sha256]

    def _all(self) -> list[Artifact]:
        return [artifact for artifact in self._machine.wanted.manifest.artifacts if artifact.kind == "image"]

    def _imported(self) -> dict[str, str]:
        try:
            return parse(self._host.path(IMPORTED).read_bytes(), at=IMPORTED).texts()
        except (OSError, Malformed):
            return {}

    def _import(self, image: Artifact) -> None:
        archive = self._store.local(image)
        self._host.commands.run(
            "ctr", "--namespace", "k8s.io", "images", "import", "--local", str(archive), timeout=300.0
        )


class StaticImagesStep(ImagesStep):
    """containerd has the images of the control plane's static pods."""

    name = "static-images"
    after = frozenset({"runtime"})

    def _concerns(self, image: Artifact) -> bool:
        return _static(image)


def _static(image: Artifact) -> bool:
    return PurePosixPath(image.path).stem in STATIC
