"""Powers one instance: a container with its own root disk and a port on its subnet's bridge."""

import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from provider.local.machines import cgroups, disk, fleet, image, launch, process
from provider.local.machines.lock import held
from provider.local.machines.place import Place
from provider.local.machines.unable import Unable
from workbench.cloud.instances import disk as contents
from workbench.cloud.instances.image import IMAGE
from workbench.cloud.metadata.tree import host_name
from workbench.cloud.network import subnets
from workbench.cloud.network.namespace import ip
from workbench.cloud.state import Instance

STOP_SECONDS = 90.0  # seconds for a clean shutdown; afterwards the power is cut, as on EC2 after some minutes
PORT_SECONDS = 10.0
CONTAINERD = "/var/lib/containerd"  # containerd has its own overlays, and overlays cannot be stacked


@dataclass(frozen=True)
class Machine:
    """`title` is the cloud's own name on this computer; `identity` that of the instance."""

    fleet: str
    identity: str

    @property
    def place(self) -> Place:
        """Its folder."""
        return Place(fleet=self.fleet, name=self.identity)

    def running(self) -> bool:
        """Whether it is powered on."""
        return process.machine(self.place) is not None

    def boot(self, instance: Instance, authority: str) -> None:
        """Start it, with a new root disk at its first start. Raises `Unable`."""
        place = self.place
        with held(place.title) as lock:
            if self.running():
                return
            with fleet.claimed(self.fleet):
                place.folder.mkdir(parents=True, exist_ok=True)
            if disk.find(place) is None:
                disk.make(place, _image())
                contents.write(place, instance, authority)
            made = disk.find(place)
            if made is None:
                raise AssertionError
            self._clear()
            bridge = subnets.ensure(instance.subnet)
            name = host_name(instance).partition(".")[0]
            own = (f"--hostname={name}", f"--network-bridge={bridge}", f"--bind={place.layers}/containerd:{CONTAINERD}")
            launch.start(place, made, lock, launch.nspawn(place, *own))
            self._join()
            self._wait()

    def off(self) -> None:
        """Shut down cleanly, or cut the power when that takes too long."""
        with held(self.place.title):
            running = process.machine(self.place)
            leader = process.first(running) if running is not None else None
            if running is not None and leader is not None:
                leader.signal(signal.SIGRTMIN + 4)  # systemd(1): start poweroff.target
                running.ended_within(STOP_SECONDS)
            self._cut()

    def discard(self) -> None:
        """Remove it with its root disk."""
        with held(self.place.title):
            self._cut()
        fleet.discard(self.fleet, self.place.folder)

    def console(self) -> str:
        """Its console output since the last start."""
        path = self.place.console
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def leader(self) -> int | None:
        """The process id of its systemd on this computer, once its file systems are mounted."""
        running = process.machine(self.place)
        first = process.first(running) if running is not None else None
        if first is None:
            return None
        with suppress(OSError):
            if Path(f"/proc/{first.number}/comm").read_text(encoding="utf-8").strip() == "systemd":
                return first.number
        return None

    def _wait(self) -> None:
        deadline = time.monotonic() + PORT_SECONDS
        while self.leader() is None and self.running() and time.monotonic() < deadline:
            time.sleep(0.01)

    def _cut(self) -> None:
        running = process.machine(self.place)
        if running is not None:
            process.cut(running)
        self._clear()

    def _clear(self) -> None:
        self.place.process.unlink(missing_ok=True)
        cgroups.sweep(self.place)
        if self._port in subnets.interfaces():
            ip("link", "delete", "dev", self._port)

    @property
    def _port(self) -> str:
        return f"vb-{self.place.title}"

    def _join(self) -> None:
        deadline = time.monotonic() + PORT_SECONDS
        while self._port not in subnets.interfaces():
            if time.monotonic() > deadline:
                raise Unable(
                    f"{self.identity} has a port on its subnet's bridge",
                    got=launch.last_words(self.place),
                    why="the instance is reached through this port",
                    fix="see the message",
                )
            time.sleep(0.02)
        subnets.join(self._port)


def _image() -> Path:
    """The root of the image. It is never built here: nothing can be downloaded in the cloud's network."""
    root = image.path(IMAGE)
    if not root.is_dir():
        raise Unable(
            "the image of instances is there",
            got=f"no {root}",
            why="the cloud's process is older than this clone's recipe of the image",
            fix="`python3 -m workbench.cloud stop`, then run the command again",
        )
    return root
