"""Addresses of hosts (requirements INF-03)."""

from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.values import Address
from plan.validation import listing
from plan.validation.space import excluded


def once(settings: Settings) -> Iterator[Refusal]:
    """No host is listed twice, as two nodes or as a node and a balancer."""
    seen: dict[Address, str] = {}
    for at, address in listing.addresses(settings):
        if address in seen:
            yield Refusal(
                at=f"{at}.address",
                what="a unique address",
                found=f"{address}, which is already used by {seen[address]}",
                why="a host listed twice would run two members, and one failure would stop both",
                fix="correct the address, or remove one of the two entries",
            )
        seen.setdefault(address, at)


def inside(settings: Settings) -> Iterator[Refusal]:
    """Hosts have addresses in the hosts' network; on AWS each zone has its own (`plan.validation.aws_network`)."""
    if settings.kind == "aws":
        return
    network, gateway = settings.network.hosts, settings.network.gateway
    for at, address in listing.addresses(settings):
        reason = excluded(address, network, gateway)
        if reason is not None:
            yield Refusal(
                at=f"{at}.address",
                what=f"a free address in the hosts' network {network}",
                found=f"{address}, {reason}",
                why="members and balancers reach each other there, and the virtual IP moves within one network",
                fix="correct the address or `network.hosts`",
            )


def gateway(settings: Settings) -> Iterator[Refusal]:
    """The gateway has a host address in the hosts' network."""
    given, network = settings.network.gateway, settings.network.hosts
    reason = excluded(given, network, None) if given is not None else None
    if reason is not None:
        yield Refusal(
            at="network.gateway",
            what=f"a host address in {network}",
            found=f"{given}, {reason}",
            why="hosts reach a gateway only within their own network",
            fix="correct the address or `network.hosts`",
        )
