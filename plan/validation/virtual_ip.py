"""The virtual IP: a free address, and VRRP's own limits (requirements INF-12)."""

from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.syntax import is_interface
from plan.validation import listing
from plan.validation.space import excluded

LAST_ROUTER = 255  # the field has 8 bits (RFC 9568)
SHORTEST_ADVERT = 0.05  # seconds: below, an ordinary scheduling delay of 0.15 s moves the address
LONGEST_ADVERT = 40.95  # seconds: the field has 12 bits and counts hundredths (RFC 9568)


def place(settings: Settings) -> Iterator[Refusal]:
    """In the hosts' network, and no one's yet."""
    virtual_ip = settings.endpoint.virtual_ip
    if virtual_ip is None:
        return
    at, given = "endpoint.virtualIp.address", virtual_ip.address
    for host_at, address in listing.addresses(settings):
        if address == given:
            yield Refusal(
                at=at,
                bound="no host's address",
                got=f"{given}, the address of {host_at}",
                why="it moves from host to host, and the host would lose its own",
                fix="use a free address of the hosts' network",
            )
    reason = excluded(given, settings.network.hosts, settings.network.gateway)
    if reason is not None:
        yield Refusal(
            at=at,
            bound=f"a free address in the hosts' network {settings.network.hosts}",
            got=f"{given}, {reason}",
            why="only hosts of its network can announce it",
            fix="use a free address of the hosts' network",
        )


def protocol(settings: Settings) -> Iterator[Refusal]:
    """VRRP's fields, and an interface that can exist."""
    virtual_ip = settings.endpoint.virtual_ip
    if virtual_ip is None:
        return
    at = "endpoint.virtualIp"
    if not 1 <= virtual_ip.router_id <= LAST_ROUTER:
        yield Refusal(
            at=f"{at}.routerId",
            bound=f"from 1 to {LAST_ROUTER}",
            got=virtual_ip.router_id,
            why="VRRP has 8 bits for it",
            fix="use a number that no other group of the network segment has",
        )
    if not SHORTEST_ADVERT <= virtual_ip.advert_seconds <= LONGEST_ADVERT:
        short = virtual_ip.advert_seconds < SHORTEST_ADVERT
        yield Refusal(
            at=f"{at}.advertSeconds",
            bound=f"from {SHORTEST_ADVERT} to {LONGEST_ADVERT} s",
            got=virtual_ip.advert_seconds,
            why="a busy host would lose the address for a moment" if short else "VRRP cannot say more",
            fix="0.3 is good in one site",
        )
    if not is_interface(virtual_ip.interface):
        yield Refusal(
            at=f"{at}.interface",
            bound="the name of a network interface, at most 15 characters",
            got=repr(virtual_ip.interface),
            why="Keepalived puts the address on it",
            fix="see `ip link` on a host",
        )
