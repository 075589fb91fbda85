"""The commands of the command line."""

import sys
from collections.abc import Sequence

from provider.local.machines import bridge, fleet, link, machine
from provider.local.machines import image as images
from provider.local.machines.place import places


def show(fleet_name: str | None) -> int:
    """Print one line for each machine."""
    rows = [("FLEET", "MACHINE", "ADDRESS", "POWER", "DISK", "OWNER")]
    for place in places(fleet_name):
        found = machine.find(place.fleet, place.name)
        owner = str(fleet.owner(place.fleet) or "no project")
        if found is None:
            rows.append((place.fleet, place.name, "-", "off", "none", owner))
        else:
            power = "on" if found.running else "off"
            rows.append((place.fleet, place.name, found.address, power, found.generation, owner))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        sys.stdout.write("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() + "\n")
    return 0


def start(fleet_name: str, names: Sequence[str]) -> int:
    """Start machines, one after the other."""
    for name in names:
        machine.start(fleet_name, name, say)
    return 0


def stop(fleet_name: str, names: Sequence[str]) -> int:
    """Shut machines down, one after the other."""
    for name in names:
        machine.stop(fleet_name, name)
    return 0


def kill(fleet_name: str, names: Sequence[str]) -> int:
    """Cut the power of machines."""
    for name in names:
        machine.kill(fleet_name, name)
    return 0


def destroy(fleet_name: str, names: tuple[str, ...], *, keep_disk: bool, take: bool, sure: bool) -> int:
    """Remove machines; without names the whole fleet with its bridge."""
    doomed = names or tuple(place.name for place in places(fleet_name))
    also = "" if names or keep_disk else f" and bridge {link.marked(fleet_name) or '(none)'}"
    what = f"fleet {fleet_name}: {', '.join(doomed) or 'no machine'}{also}"
    if not take:
        fleet.check_owner(fleet_name)
    if not sure and not _confirmed(f"{what} will be destroyed, disks {'kept' if keep_disk else 'lost'}."):
        return 1
    if take:
        fleet.take(fleet_name)
    for name in doomed:
        machine.destroy(fleet_name, name, keep_disk=keep_disk)
    if not names and not keep_disk:
        bridge.remove_of(fleet_name)
    say(f"{what}: destroyed")
    return 0


def run(fleet_name: str, name: str, argv: Sequence[str]) -> int:
    """Run a command inside a machine; pass on its output and exit code."""
    done = machine.run(fleet_name, name, argv)
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return done.returncode


def image() -> int:
    """Build the image."""
    sys.stdout.write(f"{images.ensure(say)}\n")
    return 0


def say(text: str) -> None:
    """Print one line of progress."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _confirmed(question: str) -> bool:
    sys.stderr.write(f"{question} Continue? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
