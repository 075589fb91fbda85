"""Security groups and routes of the records as nftables: a packet needs a route, and both ends must allow it.

AWS checks the groups of an interface for a connection's first packet only. Its metadata service, name server and time
service are outside every group (VPC User Guide, "Security groups").
"""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from provider.local.machines.requirement import program

LINK_LOCAL = "169.254.0.0/16"
_ESTABLISHED = "ct state established,related accept"


@dataclass(frozen=True, kw_only=True)
class Opening:
    """One rule of a group. `protocol` -1: all; `low` and `high` are ports; `peers` are ranges, `groups` group ids."""

    group: str
    protocol: str
    low: int = 0
    high: int = 65_535
    peers: tuple[str, ...] = ()
    peer_groups: tuple[str, ...] = ()
    out: bool = False


@dataclass(frozen=True, kw_only=True)
class Holder:
    """An interface with an address and groups. `ranges`: other ranges that are routed to it.

    `mac`: of an instance whose packets must come from its own addresses; None: not checked.
    """

    address: str
    groups: tuple[str, ...]
    ranges: tuple[str, ...] = ()
    mac: str | None = None


@dataclass(frozen=True, kw_only=True)
class Closed:
    """Addresses to which a subnet has no route."""

    subnet: str
    addresses: tuple[str, ...]


def ruleset(
    holders: Sequence[Holder], openings: Sequence[Opening], closed: Sequence[Closed], resolvers: Sequence[str]
) -> str:
    """The whole table, which atomically replaces the previous one."""
    members = sorted({each for holder in holders for each in (holder.address, *holder.ranges)})
    lines = [
        "table inet aws",
        "delete table inet aws",
        "table inet aws {",
        _set("members", members),
        *(_set(_name(group), addresses) for group, addresses in _by_group(holders, openings).items()),
        "  chain judge {",
        f"    {_ESTABLISHED}",
        *(f"    ether saddr {h.mac} ip saddr != {h.address} drop" for h in holders if h.mac is not None),
        f"    ip daddr {LINK_LOCAL} accept",
        *(f"    ip daddr {address} meta l4proto {{ tcp, udp }} th dport 53 accept" for address in resolvers),
        *(f"    ip saddr {c.subnet} ip daddr {{ {', '.join(c.addresses)} }} reject" for c in closed if c.addresses),
        "    meta mark set 0",
        "    ip saddr != @members meta mark set 1",
        *(f"    {match} meta mark set 1" for opening in openings if opening.out for match in _matches(opening)),
        "    meta mark != 1 drop",
        "    ip daddr != @members accept",
        *(f"    {match} accept" for opening in openings if not opening.out for match in _matches(opening)),
        "    drop",
        "  }",
        *_hook("forward", 'iifname "lo" accept'),
        *_hook("input", 'iifname "lo" accept'),
        # Traffic from the router itself: balancers to targets, tunnels to instances, responses of services.
        *_hook("output", 'oifname "lo" accept'),
        "}",
    ]
    return "\n".join(lines) + "\n"


def load(text: str) -> None:
    """Load it into the kernel. Raises CalledProcessError."""
    subprocess.run([program("nft"), "--file", "-"], input=text, text=True, check=True, capture_output=True)


def _hook(name: str, first: str) -> Sequence[str]:
    return (
        f"  chain {name} {{",
        f"    type filter hook {name} priority filter; policy accept;",
        f"    {first}",
        "    meta nfproto ipv4 jump judge",
        "  }",
    )


def _by_group(holders: Sequence[Holder], openings: Sequence[Opening]) -> Mapping[str, Sequence[str]]:
    named = {group for opening in openings for group in (opening.group, *opening.peer_groups)}
    found: dict[str, set[str]] = {group: set() for group in sorted(named)}
    for holder in holders:
        for group in holder.groups:
            found.setdefault(group, set()).update((holder.address, *holder.ranges))
    return {group: sorted(addresses) for group, addresses in found.items()}


def _set(name: str, addresses: Sequence[str]) -> str:
    elements = f" elements = {{ {', '.join(addresses)} }}" if addresses else ""
    return f"  set {name} {{ type ipv4_addr; flags interval; auto-merge;{elements} }}"


def _name(group: str) -> str:
    return "g_" + "".join(letter if letter.isalnum() else "_" for letter in group)


def _matches(opening: Opening) -> Iterator[str]:
    own, other = ("saddr", "daddr") if opening.out else ("daddr", "saddr")
    mine = f"ip {own} @{_name(opening.group)} {_protocol(opening)}".strip()
    for peer in opening.peers:
        yield f"{mine} ip {other} {peer}" if peer != "0.0.0.0/0" else mine
    for group in opening.peer_groups:
        yield f"{mine} ip {other} @{_name(group)}"


def _protocol(opening: Opening) -> str:
    match opening.protocol:
        case "-1":
            return ""
        case "tcp" | "udp":
            ports = str(opening.low) if opening.low == opening.high else f"{opening.low}-{opening.high}"
            return f"{opening.protocol} dport {ports}"
        case "icmp":
            return "meta l4proto icmp"
    return f"meta l4proto {opening.protocol}"
