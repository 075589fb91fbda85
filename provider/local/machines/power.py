"""Controls the power of one machine, for callers that hold its lock."""

import signal

from provider.local.machines import cgroups, disk, launch, link, process, sshd
from provider.local.machines.furnishing import furnish
from provider.local.machines.image import Progress
from provider.local.machines.place import Place
from provider.local.machines.spec import MachineSpec
from provider.local.machines.unable import Unable

_STOP_SECONDS = 90.0  # systemd's default timeout for stopping a service (DefaultTimeoutStopSec)


def on(spec: MachineSpec, progress: Progress, lock: int) -> None:
    """Start the machine if it does not run, and wait until its sshd responds. Raises `Unable`."""
    running = process.machine(spec.place)
    if running is None:
        made = disk.find(spec.place)
        if made is None or not link.exists(spec.bridge):
            raise Unable(
                f"bridge {spec.bridge} exists",
                got="no such interface",
                why=f"{spec.place.title} is reached through the bridge",
                fix="make the bridge first",
            )
        cut(spec.place)
        furnish(spec)
        running = launch.begin(spec, made, lock)
        progress(f"{spec.place.title}: started")
    sshd.wait(spec, running)
    progress(f"{spec.place.title}: responds on {spec.host}")


def off(place: Place) -> None:
    """Shut down cleanly, or cut the power if that takes too long."""
    running = process.machine(place)
    leader = process.first(running) if running is not None else None
    if running is not None and leader is not None:
        leader.signal(signal.SIGRTMIN + 4)  # systemd(1): start poweroff.target
        running.ended_within(_STOP_SECONDS)
    cut(place)


def cut(place: Place) -> None:
    """Cut the power, and remove what the machine left in the kernel."""
    running = process.machine(place)
    if running is not None:
        process.cut(running)
    place.process.unlink(missing_ok=True)
    cgroups.sweep(place)
    # Without a supervisor the kernel removes the interface later; until then the machine cannot start again.
    link.remove(f"vb-{place.title}")
