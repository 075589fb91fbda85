"""Swap, now and after the next boot, from any source: fstab, a unit, or a service that calls swapon itself."""

from agent.system.commands import CommandFailed
from agent.system.host import Host

# Services that create swap themselves and are not affected when swap.target is masked.
SERVICES = ("zramswap.service", "dphys-swapfile.service", "systemd-zram-setup@zram0.service")
GENERATOR = "/etc/systemd/zram-generator.conf"  # an empty file switches the packaged one off (zram-generator.conf(5))
PACKAGED = ("/usr/lib/systemd/zram-generator.conf", "/usr/local/lib/systemd/zram-generator.conf")
MASKED = "/etc/systemd/system"


def in_use(host: Host) -> list[str]:
    """The devices and files that are in use as swap; none inside a container, where the host owns them."""
    if _contained(host):
        return []
    path = host.path("/proc/swaps")
    return [line.split()[0] for line in path.read_text().splitlines()[1:]] if path.exists() else []


def at_boot(host: Host) -> list[str]:
    """Describes what would enable swap at the next boot."""
    if _contained(host):
        return []
    found = [f"{unit} is enabled" for unit in SERVICES if _enabled(host, unit)]
    fstab = host.path("/etc/fstab")
    entries = [line.split() for line in fstab.read_text().splitlines()] if fstab.exists() else []
    if any(len(entry) > 2 and entry[0][0] != "#" and entry[2] == "swap" for entry in entries) and not _masked(  # noqa: PLR2004  fstab(5): the third field is the type
        host, "swap.target"
    ):
        found.append("/etc/fstab has swap, and swap.target is not masked")
    if _zram(host):
        found.append("zram-generator is configured")
    return found


def turn_off(host: Host) -> None:
    """Turn swap off, now and for every boot. /etc/fstab belongs to the administrator, so a masked target disables swap
    instead.
    """
    for unit in SERVICES:
        if _enabled(host, unit):
            host.commands.succeeds("systemctl", "stop", unit)
            host.commands.run("systemctl", "mask", "--quiet", unit)
    if _zram(host):
        host.path(GENERATOR).write_text("# Written by the quorate agent: a node has no swap.\n")
    if in_use(host):
        host.commands.run("swapoff", "-a")
    host.commands.run("systemctl", "mask", "--quiet", "swap.target")


def _contained(host: Host) -> bool:
    return host.commands.succeeds("systemd-detect-virt", "--container", "--quiet")


def _zram(host: Host) -> bool:
    own = host.path(GENERATOR)
    if own.exists():
        return any(line.startswith("[") for line in own.read_text().splitlines())
    return any(host.path(path).exists() for path in PACKAGED)


def _enabled(host: Host, unit: str) -> bool:
    try:
        shown = host.commands.run("systemctl", "show", "-p", "LoadState,UnitFileState", unit)
    except CommandFailed:
        return False
    return "UnitFileState=enabled" in shown and not _masked(host, unit)


def _masked(host: Host, unit: str) -> bool:
    path = host.path(f"{MASKED}/{unit}")
    return path.is_symlink() and str(path.readlink()) == "/dev/null"
