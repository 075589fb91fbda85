"""The virtual IP is a free address of the hosts' network (requirements INF-12)."""

from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.validation import listing
from plan.validation.space import excluded


def place(settings: Settings) -> Iterator[Refusal]:
    """The virtual IP is in the hosts' network and not in use."""
    virtual_ip = settings.endpoint.virtual_ip
    if virtual_ip is None:
        return
    at, given = "endpoint.virtualIp.address", virtual_ip.address
    for host_at, address in listing.addresses(settings):
        if address == given:
            yield Refusal(
                at=at,
                what="an address that no host has",
                found=f"{given}, the address of {host_at}",
                why="it moves between hosts, so that host would lose its own address",
                fix="use a free address of the hosts' network",
            )
    reason = excluded(given, settings.network.hosts, settings.network.gateway)
    if reason is not None:
        yield Refusal(
            at=at,
            what=f"a free address in the hosts' network {settings.network.hosts}",
            found=f"{given}, {reason}",
            why="only hosts of its network can announce it",
            fix="use a free address of the hosts' network",
        )
