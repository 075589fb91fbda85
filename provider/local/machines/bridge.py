"""The bridge between the machines of a fleet and this computer."""

import hashlib
import json
from dataclasses import dataclass
from ipaddress import ip_interface

from provider.local.machines import fleet, forwarding, link, process
from provider.local.machines.command import output
from provider.local.machines.lock import held
from provider.local.machines.place import places
from provider.local.machines.requirement import check
from provider.local.machines.unable import Unable

_NAME_LENGTH = 15  # IFNAMSIZ - 1, linux/if.h


@dataclass(frozen=True, kw_only=True)
class Bridge:
    """`cidr`: this computer's address on the bridge, the machines' gateway, with its prefix length (10.88.0.1/24)."""

    fleet: str
    name: str
    cidr: str


def ensure(bridge: Bridge) -> None:
    """Make the bridge if it does not exist. Raises `Unable` if another program uses the name or the network."""
    check("ip")
    _check(bridge)
    with fleet.claimed(bridge.fleet):
        if not _is_ours(bridge):
            _check_free(bridge)
            _make(bridge)
        _furnish(bridge)
        forwarding.allow(bridge.name, bridge.cidr)


def exists(bridge: Bridge) -> bool:
    """Whether the fleet's bridge exists; needs no program."""
    return link.alias(bridge.name) == link.mark(bridge.fleet)


def remove(bridge: Bridge) -> None:
    """Remove the bridge if it exists. Raises `Unable` while machines of the fleet run."""
    if exists(bridge):
        remove_of(bridge.fleet)
    else:
        check("ip")
        fleet.release(bridge.fleet)


def remove_of(fleet_name: str) -> None:
    """Remove the fleet's bridge by its mark, not by its name. Raises `Unable` while machines of the fleet run."""
    check("ip")
    fleet.check_owner(fleet_name)
    with held(fleet_name):
        running = [place.title for place in places(fleet_name) if process.machine(place) is not None]
        name = link.marked(fleet_name)
        if name is not None and running:
            raise Unable(
                f"no machine uses bridge {name} any more",
                got=f"{', '.join(running)} running",
                why="they would be cut off from each other",
                fix="destroy the machines first",
            )
        while name is not None:
            forwarding.forget(name)
            _ip("link", "delete", "dev", name)
            name = link.marked(fleet_name)
    fleet.release(fleet_name)


def _check(bridge: Bridge) -> None:
    try:
        ip_interface(bridge.cidr)
    except ValueError as reason:
        raise Unable(
            "a bridge has an address with a prefix length",
            got=bridge.cidr,
            why=str(reason),
            fix="use for example 10.88.0.1/24",
        ) from None
    if not bridge.name or len(bridge.name) > _NAME_LENGTH or "/" in bridge.name:
        raise Unable(
            f"a bridge's name has 1 to {_NAME_LENGTH} characters",
            got=repr(bridge.name),
            why="it is the name of a network interface",
            fix="choose a shorter one such as quorate0",
        )


def _make(bridge: Bridge) -> None:
    # The name and the owner's mark appear together, so the owner is clear even after an interruption.
    unfinished = _unfinished(bridge)
    _remove_unfinished(bridge)
    _ip("link", "add", "name", unfinished, "type", "bridge")
    # Without its own MAC address, a bridge uses that of a port, which changes when that machine is removed.
    _ip("link", "set", "dev", unfinished, "address", _hardware_address(bridge))
    _ip("link", "set", "dev", unfinished, "alias", link.mark(bridge.fleet))
    _ip("link", "set", "dev", unfinished, "name", bridge.name)


def _furnish(bridge: Bridge) -> None:
    interface = ip_interface(bridge.cidr)
    shown = json.loads(_ip("-json", "address", "show", "dev", bridge.name))
    have = {f"{entry['local']}/{entry['prefixlen']}" for shape in shown for entry in shape.get("addr_info", [])}
    if str(interface) not in have:
        _ip("address", "add", str(interface), "dev", bridge.name, *(["nodad"] if interface.version == 6 else []))  # noqa: PLR2004  IPv6
    if "UP" not in {flag for shape in shown for flag in shape.get("flags", [])}:
        _ip("link", "set", "dev", bridge.name, "up")


def _check_free(bridge: Bridge) -> None:
    network = ip_interface(bridge.cidr).network
    for shape in json.loads(_ip("-json", "address", "show")):
        for entry in shape.get("addr_info", []):
            other = ip_interface(f"{entry['local']}/{entry['prefixlen']}")
            if other.version == network.version and other.network.overlaps(network):
                raise Unable(
                    f"no network of this computer overlaps {network}",
                    got=f"{other} on {shape['ifname']}",
                    why=f"packets for the machines would not go to bridge {bridge.name}",
                    fix="choose another network for the machines in the stack's settings",
                )


def _is_ours(bridge: Bridge) -> bool:
    if not link.exists(bridge.name):
        return False
    if not exists(bridge):
        raise Unable(
            f"the interface name {bridge.name} is free, or belongs to the bridge of fleet {bridge.fleet}",
            got=f"an interface marked {link.alias(bridge.name) or 'with no owner'}",
            why="interfaces of other programs are neither used nor removed",
            fix="choose another bridge name in the stack's settings, or remove the interface if it is a leftover",
        )
    return True


def _unfinished(bridge: Bridge) -> str:
    return f"qnew{hashlib.sha256(bridge.fleet.encode()).hexdigest()[:10]}"


def _hardware_address(bridge: Bridge) -> str:
    digest = hashlib.sha256(bridge.fleet.encode()).digest()
    # A locally administered unicast address: the two lowest bits of the first byte (IEEE 802).
    return ":".join(f"{byte:02x}" for byte in (digest[0] & 0xFC | 0x02, *digest[1:6]))


def _remove_unfinished(bridge: Bridge) -> None:
    if link.exists(_unfinished(bridge)):
        _ip("link", "delete", "dev", _unfinished(bridge))


def _ip(*words: str) -> str:
    return output(["ip", *words], why="machines need their bridge", fix="see the message")
