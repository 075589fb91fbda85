"""What machines could leave behind on a host."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from provider.local.machines.place import STATE
from tests.live.machines.lab import BRIDGE, FLEET


def traces() -> dict[str, set[str]]:
    """Mounts, interfaces, control groups, files and processes that are there now and concern the tests' machines."""
    return {
        "mounts": {line for line in Path("/proc/self/mountinfo").read_text().splitlines() if FLEET in line},
        "interfaces": {link.name for link in Path("/sys/class/net").iterdir() if _ours(link.name)},
        "control groups": _named("/sys/fs/cgroup", "/sys/fs/cgroup/*"),
        "files": _named(str(STATE), "/run/*", "/run/systemd/nspawn/*", "/var/lib/machines"),
        "processes": set(_processes()),
    }


def _named(*folders: str) -> set[str]:
    # Not below: other fleets change there meanwhile.
    return {str(path) for folder in folders for path in Path("/").glob(f"{folder[1:]}/*{FLEET}*")}


def _ours(interface: str) -> bool:
    # systemd-nspawn shortens the names of its interfaces; machines of other fleets may come and go meanwhile.
    return interface.startswith(("vb-cp1.mach", "vb-cp2.mach", "vb-cp3.mach", BRIDGE.name, "qnew"))


def _processes() -> Iterator[str]:
    """Processes in a machine's control groups or mounts; a namespace that none of them is in has ended."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            text = "".join((process / name).read_text(errors="replace") for name in ("cgroup", "mountinfo"))
            if FLEET in text:
                yield f"{process.name} {(process / 'cmdline').read_text(errors='replace')}"
