"""Writes the files that a machine needs at boot: its name, address and keys."""

from ipaddress import ip_interface

from provider.local.machines import disk, identity
from provider.local.machines.spec import MachineSpec

INTERFACE = "host0"  # what systemd-nspawn calls a machine's only interface


def furnish(spec: MachineSpec) -> None:
    """Write the files of this spec onto the disk of a machine that does not run; repeating it changes nothing."""
    place = spec.place
    disk.write(place, "etc/hostname", f"{spec.name}\n")
    if not (place.layers / "upper/etc/hosts").exists():
        # Only once, because afterwards the file belongs to the agent.
        disk.write(place, "etc/hosts", f"127.0.0.1 localhost\n::1 localhost\n{spec.host} {spec.name}\n")
    disk.write(place, f"etc/systemd/network/10-{INTERFACE}.network", network(spec))
    disk.write(place, "root/.ssh/authorized_keys", f"{spec.authorized_key.strip()}\n", mode=0o600)
    for folder in ("root", "root/.ssh"):
        (place.layers / "upper" / folder).chmod(0o700)
    disk.write(place, f"etc/ssh/{identity.KEY}", identity.private(place), mode=0o600)


def network(spec: MachineSpec) -> str:
    """The systemd.network file."""
    # Saves 1 to 2 s: an IPv6 address is usable before its duplicate detection ends.
    detection = "DuplicateAddressDetection=none\n" if ip_interface(spec.address).version == 6 else ""  # noqa: PLR2004  IPv6
    return (
        f"[Match]\nName={INTERFACE}\n\n"
        "[Network]\nDHCP=no\nIPv6AcceptRA=no\nLinkLocalAddressing=no\n\n"
        f"[Address]\nAddress={spec.address}\n{detection}\n"
        f"[Route]\nGateway={spec.gateway}\n"
    )
