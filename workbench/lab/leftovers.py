"""Finds leftovers of a removed fleet on this computer; after a destroy there must be none."""

from contextlib import suppress
from pathlib import Path


def leftovers(*, fleet: str, bridge: str) -> list[str]:
    """Interfaces, folders, mounts, control groups and processes that belong to the fleet."""
    found = []
    if Path("/sys/class/net", bridge).exists():
        found.append(f"bridge {bridge}")
    if Path("/var/lib/quorate", fleet).exists():
        found.append(f"folder /var/lib/quorate/{fleet}")
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    found += [f"mount {line.split()[4]}" for line in mounts if f"/var/lib/quorate/{fleet}/" in line]
    groups = [*Path("/sys/fs/cgroup").glob(f"quorate.*.{fleet}"), *Path("/sys/fs/cgroup").glob(f"*/quorate.*.{fleet}")]
    found += [f"control group {path}" for path in groups]
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                if f"/var/lib/quorate/{fleet}/" in line:
                    found.append(f"process {entry.name}: {line[:100]}")
    return found
