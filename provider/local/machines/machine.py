"""Creates, starts, stops and destroys machines. Each function may be interrupted and called again."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from provider.local.machines import disk, fleet, identity, image, power, process
from provider.local.machines import spec as specs
from provider.local.machines.image import Progress
from provider.local.machines.lock import held
from provider.local.machines.place import Place, places
from provider.local.machines.requirement import check, program
from provider.local.machines.spec import MachineSpec
from provider.local.machines.unable import Unable

__all__ = [
    "Machine",
    "MachineSpec",
    "create",
    "destroy",
    "find",
    "kill",
    "list_machines",
    "run",
    "start",
    "stop",
    "wipe",
]


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A machine with a disk. `generation` is new with every disk; `host_key` (`ssh-ed25519 AAAA...`) outlives disks."""

    fleet: str
    name: str
    address: str
    generation: str
    host_key: str
    running: bool


def create(spec: MachineSpec, progress: Progress = lambda _: None) -> Machine:
    """Create the machine and its disk if missing, start it if it does not run, and wait until its sshd responds.

    A machine that runs with another spec is stopped cleanly first. Raises `Unable`.
    """
    spec.check()
    check("systemd-nspawn", "unshare", "setsid", "ip", "nsenter", "ssh-keygen")
    fleet.check_owner(spec.fleet)
    root = image.ensure(progress)
    with held(spec.place.title) as lock:
        with fleet.claimed(spec.fleet):
            _check_address(spec)
            spec.place.folder.mkdir(parents=True, exist_ok=True)
        if specs.load(spec.place) != spec:
            power.off(spec.place)
            specs.save(spec)
        identity.ensure(spec.place)
        if disk.find(spec.place) is None:
            power.off(spec.place)
            disk.make(spec.place, root)
            progress(f"{spec.place.title}: new disk")
        power.on(spec, progress, lock)
    return _known(spec.fleet, spec.name)


def find(fleet_name: str, name: str) -> Machine | None:
    """A machine as described by its files; None if it has no disk."""
    place = Place(fleet=fleet_name, name=name)
    spec, made = specs.load(place), disk.find(place)
    if spec is None or made is None:
        return None
    return Machine(
        fleet=fleet_name,
        name=name,
        address=spec.address,
        generation=made.generation,
        host_key=identity.public(place),
        running=process.machine(place) is not None,
    )


def list_machines(fleet_name: str | None = None) -> tuple[Machine, ...]:
    """Every machine of the fleet, or of this computer, that has a disk."""
    found = (find(place.fleet, place.name) for place in places(fleet_name))
    return tuple(machine for machine in found if machine is not None)


def start(fleet_name: str, name: str, progress: Progress = lambda _: None) -> Machine:
    """Start the machine with its disk, and wait until its sshd responds. Raises `Unable` without a disk."""
    place = _ours(fleet_name, name)
    with held(place.title) as lock:
        spec = specs.load(place)
        if spec is not None and disk.find(place) is not None:
            power.on(spec, progress, lock)
    return _known(fleet_name, name)


def stop(fleet_name: str, name: str) -> None:
    """Shut down cleanly and wait; cut the power after 90 s."""
    place = _ours(fleet_name, name)
    with held(place.title):
        power.off(place)


def kill(fleet_name: str, name: str) -> None:
    """Cut the power immediately. Unsynced data stays in the host's page cache, so it is not lost."""
    place = _ours(fleet_name, name)
    with held(place.title):
        power.cut(place)


def wipe(fleet_name: str, name: str) -> None:
    """Destroy the machine with its disk, as a hardware loss would; its name and host key stay."""
    place = _ours(fleet_name, name)
    with held(place.title):
        power.cut(place)
        if place.folder.is_dir():
            disk.wipe(place)


def destroy(fleet_name: str, name: str, *, keep_disk: bool = False) -> None:
    """Remove the machine. With `keep_disk` the disk stays, and `create` continues with it."""
    place = _ours(fleet_name, name)
    with held(place.title):
        power.cut(place)
        if not keep_disk:
            fleet.discard(fleet_name, place.folder)


def run(
    fleet_name: str, name: str, argv: Sequence[str], *, timeout: float | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command inside as root, without SSH. Raises `Unable` when the machine does not run."""
    place = _ours(fleet_name, name)
    supervisor = process.machine(place)
    leader = process.first(supervisor) if supervisor is not None else None
    if leader is None:
        raise Unable(
            f"machine {place.title} runs",
            got="it does not",
            why="a command needs it",
            fix=f"start it: python -m provider.local.machines start {fleet_name} {name}",
        )
    spaces = ("--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup")
    enter = [program("nsenter"), f"--target={leader.number}", *spaces, "--", *argv]
    environment = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "LANG": "C.UTF-8",
    }
    return subprocess.run(enter, capture_output=True, text=True, check=False, timeout=timeout, env=environment)


def _ours(fleet_name: str, name: str) -> Place:
    check()
    fleet.check_owner(fleet_name)
    place = Place(fleet=fleet_name, name=name)
    _ = place.folder  # rejects invalid names
    return place


def _known(fleet_name: str, name: str) -> Machine:
    found = find(fleet_name, name)
    if found is None:
        raise Unable(
            f"machine {name}.{fleet_name} exists",
            got="no disk of that name",
            why="only an existing machine can be started",
            fix="`python -m provider.local.machines list` lists the machines",
        )
    return found


def _check_address(spec: MachineSpec) -> None:
    for place in places(spec.fleet):
        other = specs.load(place)
        if other is not None and other.host == spec.host and place != spec.place:
            raise Unable(
                f"address {spec.host} is not used by another machine",
                got=f"{place.title} uses it",
                why="both would respond to it",
                fix="choose another address",
            )
