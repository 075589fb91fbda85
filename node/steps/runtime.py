"""containerd, and the store's images inside it."""

import json

from node import background
from node.difference import Difference
from node.files import install
from node.json_reading import Malformed, parse
from node.machine import Machine
from node.step import Step
from node.store import Store
from node.waiting import wait_until_healthy
from node.wanted import Artifact

UNIT = "containerd.service"
SOCKET = "/run/containerd/containerd.sock"
# Lives and dies with containerd's own content: a new disk under it has neither images nor this list.
IMPORTED = "/var/lib/containerd/quorate-images.json"
IMPORTERS = 2


class RuntimeStep(Step):
    """containerd runs with the wanted configuration and has every image of the store."""

    name = "runtime"
    after = frozenset({"system", "programs"})
    patience = 30.0  # seconds

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._host = machine.host
        self._files = machine.files(self.name)
        self._store = Store(machine.wanted.manifest.store or "", machine.host)
        program = machine.wanted.manifest.program("containerd")
        self._daemon = machine.daemon(UNIT, step=self.name, restart_on=(*machine.wanted.of(self.name), program))

    def differences(self) -> list[Difference]:
        """Files, service, and images that were not imported."""
        imported = self._imported()
        images = [
            Difference(step=self.name, what=f"image archive {i.path}", wanted=i.sha256[:12], found="not imported")
            for i in self._images()
            if imported.get(i.path) != i.sha256
        ]
        return [*self._files.differences(), *self._daemon.differences(), *images]

    def apply(self) -> None:
        """Install files; start or restart containerd; import what is missing."""
        self._daemon.before_change()
        self._daemon.introduce(self._files.install())
        self._daemon.converge()
        imported = self._imported()
        missing = [image for image in self._images() if imported.get(image.path) != image.sha256]
        if not missing:
            return
        with background.workers(IMPORTERS) as pool:
            list(pool.map(self._import, missing))
        content = json.dumps({image.path: image.sha256 for image in self._images()}, indent=1)
        install(self._host.path(IMPORTED), content.encode(), mode=0o644)

    def verify(self) -> None:
        """containerd runs and listens."""
        wait_until_healthy(self._ailment, seconds=self.patience, what="containerd")

    def _ailment(self) -> str | None:
        state = self._machine.services.state(UNIT)
        if not state.active:
            return f"{state.found}: {self._machine.services.last_words(UNIT)}"
        return None if self._host.path(SOCKET).exists() else f"{SOCKET} does not exist"

    def _images(self) -> list[Artifact]:
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
