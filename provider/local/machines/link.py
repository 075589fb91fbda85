"""Network interfaces of this host, and the mark that records their fleet; read without starting a program."""

import subprocess
from pathlib import Path

from provider.local.machines.requirement import program

LINKS = Path("/sys/class/net")


def exists(name: str) -> bool:
    """Whether there is an interface of this name."""
    return (LINKS / name).exists()


def alias(name: str) -> str:
    """The interface's alias (ip-link(8)); empty if there is no alias or no such interface."""
    try:
        return (LINKS / name / "ifalias").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def mark(fleet: str) -> str:
    """The alias of the fleet's bridge."""
    return f"quorate fleet {fleet}"


def marked(fleet: str) -> str | None:
    """The name of the fleet's bridge, if it exists."""
    return next((link.name for link in sorted(LINKS.iterdir()) if alias(link.name) == mark(fleet)), None)


def remove(name: str) -> None:
    """Remove the interface of this name or alternative name (systemd-nspawn shortens long ones), if there is one."""
    subprocess.run([program("ip"), "link", "delete", "dev", name], capture_output=True, check=False)
