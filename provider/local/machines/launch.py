"""Starts the process of a machine."""

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from provider.local.machines import cgroups, disk, process
from provider.local.machines.disk import Disk
from provider.local.machines.place import Place
from provider.local.machines.process import Process
from provider.local.machines.requirement import check, program
from provider.local.machines.spec import MachineSpec
from provider.local.machines.unable import Unable

_BEGIN_SECONDS = 60.0  # milliseconds on an idle host
_INSTANCES = Path("/proc/sys/fs/inotify/max_user_instances")
_NEEDED_INSTANCES = (
    1024  # a machine with pods needs about 27, all counted for root, so the usual 128 do not suffice for five machines
)

# The shell is replaced by systemd-nspawn, so the process id and cgroups that it sets are the machine's. Standard input
# is the machine's lock: if the caller dies now, no other process can start the machine before this start is recorded.
# The mount is in its own namespace, so it ends with the machine in every case.
_SCRIPT = """
set -eu
record=$1 boot=$2 options=$3 root=$4
shift 4
read -r stat < /proc/self/stat
printf '%s\\n%s\\n' "$boot" "$stat" > "$record.new"
mv "$record.new" "$record"
exec < /dev/null
until [ "$1" = -- ]; do echo 0 > "$1"; shift; done
shift
mount -t overlay overlay -o "$options" "$root"
exec "$@"
"""


def begin(spec: MachineSpec, made: Disk, lock: int) -> Process:
    """Start the machine on its disk and return its process, which does not depend on ours. Raises `Unable`.

    `lock` is the descriptor of the machine's lock, which the caller holds.
    """
    return start(spec.place, made, lock, _nspawn(spec), memory_megabytes=spec.memory_megabytes)


def start(place: Place, made: Disk, lock: int, argv: Sequence[str], *, memory_megabytes: int | None = None) -> Process:
    """Like `begin`, with a systemd-nspawn command line instead of a spec. Raises `Unable`."""
    check("systemd-nspawn", "unshare", "setsid", "ip", "nsenter")
    _raise_instances()
    place.root.mkdir(mode=0o755, exist_ok=True)
    groups = cgroups.prepare(place, memory_megabytes)
    place.process.unlink(missing_ok=True)
    script = [
        *("sh", "-c", _SCRIPT, "sh", str(place.process), process.boot(), disk.overlay(place, made), str(place.root)),
        *(*map(str, groups), "--", *argv),
    ]
    with place.console.open("w", encoding="utf-8") as console:
        subprocess.run(
            # A private copy of the mounts that follows the host's unmounts, so a machine does not keep file systems
            # busy.
            [program("setsid"), "--fork", program("unshare"), "--mount", "--propagation", "slave", *script],
            stdin=lock,
            stdout=console,
            stderr=console,
            cwd="/",
            check=True,
        )
    return _begun(place)


def _begun(place: Place) -> Process:
    deadline = time.monotonic() + _BEGIN_SECONDS
    while time.monotonic() < deadline:
        recorded = place.process.exists()
        found = process.machine(place)
        if found is not None:
            return found
        if recorded:  # and ended since
            break
        time.sleep(0.01)
    raise Unable(
        f"machine {place.title} begins", got=last_words(place), why="it could not be started", fix="see the message"
    )


def last_words(place: Place) -> str:
    """The last lines that the machine printed."""
    text = place.console.read_text(encoding="utf-8", errors="replace") if place.console.exists() else ""
    return "\n".join(text.strip().splitlines()[-12:]) or "it printed nothing"


def _nspawn(spec: MachineSpec) -> Sequence[str]:
    place = spec.place
    binds = [f"--bind={place.layers / name}:{inside}" for name, inside in disk.PLAIN.items()]
    store = [f"--bind-ro={Path(spec.store).resolve()}:/opt/quorate/store"] if spec.store is not None else []
    return nspawn(place, f"--hostname={spec.name}", f"--network-bridge={spec.bridge}", *binds, *store)


def nspawn(place: Place, *own: str) -> Sequence[str]:
    """The command line of a machine that may run containers; `own`: its name, network and binds."""
    return (
        program("systemd-nspawn"),
        "--quiet",
        "--boot",
        f"--directory={place.root}",
        f"--machine={place.title}",
        # Not every host has systemd-machined, and the control groups already exist.
        "--register=no",
        "--keep-unit",
        # containerd and runc need all capabilities, kernel keyrings, and BPF for the devices of pods.
        "--capability=all",
        "--system-call-filter=@keyring bpf",
        # The kubelet reads the kernel's messages to see processes that ran out of memory.
        "--bind=/dev/kmsg",
        "--resolv-conf=off",
        "--timezone=off",
        "--link-journal=no",
        *own,
    )


def _raise_instances() -> None:
    if int(_INSTANCES.read_text(encoding="ascii")) < _NEEDED_INSTANCES:
        _INSTANCES.write_text(str(_NEEDED_INSTANCES), encoding="ascii")
