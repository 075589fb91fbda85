"""Logs of every machine's programs during a drill, to find the cause of a gap."""

import time
from pathlib import Path

from workbench.lab.machines import CommandFailed
from workbench.lab.site import Site

UNITS = ("etcd", "haproxy", "keepalived", "kubelet", "containerd")
SECONDS = 20.0


def keep(site: Site, *, since: float, folder: Path) -> None:
    """One file for each machine that runs, from a moment of the monotonic clock on; times are seconds of the epoch."""
    folder.mkdir(parents=True, exist_ok=True)
    begun = time.time() - (time.monotonic() - since)
    units = [word for unit in UNITS for word in ("-u", unit)]
    command = ("journalctl", "-q", "-o", "short-unix", "--no-pager", f"--since=@{begun:.3f}", *units)
    for name in site.machines.names:
        try:
            said = site.machines.run(name, *command, seconds=SECONDS)
        except CommandFailed as reason:
            said = f"{reason}\n"
        (folder / f"{name}.log").write_text(said, encoding="utf-8")
